// libgit2 1.5 and its headers, and what Swift cannot call of them.
#pragma once
#include <git2.h>

/// git_libgit2_opts is variadic. Source: GIT_OPT_SET_SSL_CERT_LOCATIONS in git2/common.h.
static inline int shim_git_set_certificate_file(const char *file) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL);
}
