import CLibmysqlclient

extension MySQLConfiguration {
    /// Debian's and Red Hat's bundles of certificate authorities, for servers that are verified without a `tls_ca`.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    /// Sets what must be set before connecting.
    /// - Source: mysql_options.
    func apply(to handle: UnsafeMutablePointer<MYSQL>) throws(MySQLError) {
        try set(handle, MYSQL_OPT_CONNECT_TIMEOUT, seconds: connectTimeout)
        try set(handle, MYSQL_OPT_READ_TIMEOUT, seconds: readTimeout)
        try set(handle, MYSQL_OPT_WRITE_TIMEOUT, seconds: writeTimeout)
        // A server could otherwise ask for any file of ours (LOAD DATA LOCAL).
        try set(handle, MYSQL_OPT_LOCAL_INFILE, 0)
        var route = UInt32(
            endpoint.isSocket ? MYSQL_PROTOCOL_SOCKET.rawValue : MYSQL_PROTOCOL_TCP.rawValue)
        try check(mysql_options(handle, MYSQL_OPT_PROTOCOL, &route))
        try check(mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4"))
        try check(mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", programName))
        try check(lm_refuse_cleartext_passwords(handle))
        let mode: Int32 =
            switch tls {
            case .off: 0
            case .required: 1
            case .verify: 2
            }
        try check(lm_set_tls(handle, mode, certificateAuthorities ?? (tls == .verify ? Self.systemAuthorities : nil)))
    }

    /// Connects. Updates count the rows found and not those changed, so that "was my row there" needs no second question.
    /// - Source: mysql_real_connect.
    func connect(_ handle: UnsafeMutablePointer<MYSQL>) throws(MySQLError) {
        let connected =
            switch endpoint {
            case .host(let host, let port):
                mysql_real_connect(handle, host, user, password, database, UInt32(port), nil, UInt(CLIENT_FOUND_ROWS))
            case .socket(let path):
                mysql_real_connect(handle, "localhost", user, password, database, 0, path, UInt(CLIENT_FOUND_ROWS))
            }
        guard connected != nil else {
            // 115 is EINPROGRESS, how the library began, and not why it failed.
            let message = String(cString: mysql_error(handle)).replacing(" (115)", with: "")
            throw MySQLError(
                kind: .connect, code: Int(mysql_errno(handle)), sqlState: String(cString: mysql_sqlstate(handle)),
                message: message, target: description)
        }
    }

    private func set(_ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, seconds: Duration)
        throws(MySQLError)
    {
        let (whole, rest) = seconds.components
        try set(handle, option, UInt32(clamping: max(1, whole + (rest > 0 ? 1 : 0))))
    }

    private func set(_ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, _ value: UInt32) throws(MySQLError)
    {
        var value = value
        try check(mysql_options(handle, option, &value))
    }

    private func check(_ result: Int32) throws(MySQLError) {
        guard result == 0 else {
            throw MySQLError(
                kind: .configuration, message: "the client library refused a connection option", target: description)
        }
    }
}

extension MySQLConfiguration.Endpoint {
    fileprivate var isSocket: Bool {
        switch self {
        case .socket: true
        case .host: false
        }
    }
}
