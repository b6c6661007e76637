#pragma once
#include <stddef.h>
// Debian's libmysqlclient is MariaDB Connector/C; Oracle's own has another way of asking for TLS.
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

/// Asks for TLS on a handle that is not connected yet.
/// mode: 0 none, 1 encrypted, 2 encrypted with the server's certificate and host name verified. Returns 0 or an error.
static inline int lm_set_tls(MYSQL *mysql, int mode, const char *authorities) {
    if (mode > 0 && authorities != NULL && mysql_options(mysql, MYSQL_OPT_SSL_CA, authorities) != 0) return 1;
#ifdef MARIADB_PACKAGE_VERSION
    my_bool enforce = mode > 0, verify = mode > 1;
    if (mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce) != 0) return 1;
    return mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
#else
    unsigned int wanted = mode == 0 ? SSL_MODE_DISABLED : mode == 1 ? SSL_MODE_REQUIRED : SSL_MODE_VERIFY_IDENTITY;
    return mysql_options(mysql, MYSQL_OPT_SSL_MODE, &wanted);
#endif
}

/// Allows only ways of proving a password that do not send it in the clear, where the client library can be told so.
static inline int lm_refuse_cleartext_passwords(MYSQL *mysql) {
#ifdef MARIADB_PACKAGE_VERSION
    return mysql_options(mysql, MARIADB_OPT_RESTRICTED_AUTH,
                         "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519");
#else
    return 0; // the library's own default
#endif
}

/// mysql_library_init is a macro, which Swift does not import.
static inline int lm_library_init(void) { return mysql_server_init(0, NULL, NULL); }
