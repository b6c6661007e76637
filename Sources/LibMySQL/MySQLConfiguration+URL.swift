extension MySQLConfiguration {
    /// A configuration from `mysql://user@host:port/database?tls=off|required|verify&tls_ca=FILE&socket=PATH`.
    ///
    /// Everything but the scheme may be left out: the host is 127.0.0.1, the port 3306. With `socket` the host must be
    /// empty or `localhost`. Parts may be percent-encoded; an IPv6 address stands in brackets. `localhost` without
    /// `socket` means TCP, unlike for the server's own clients.
    /// - Throws: `MySQLError` of kind `configuration`, which does not repeat the URL (it may hold a password).
    public init(url: String) throws(MySQLError) {
        guard let rest = Self.withoutScheme(url) else {
            throw Self.invalid("a database URL begins with mysql://")
        }
        guard !rest.contains("#") else { throw Self.invalid("a '#' in a database URL must be written %23") }
        let (location, query) = Self.split(rest, at: "?")
        let (authority, path) = Self.split(location, at: "/")
        let user = try Self.user(of: authority)
        let (host, port) = try Self.hostAndPort(of: authority)
        let options = try Self.options(query ?? "")
        guard !(path ?? "").contains("/") else {
            throw Self.invalid("a database URL names one database after the host")
        }
        let database = try Self.decoded(path ?? "", part: "database")

        var endpoint = Endpoint.host(host ?? "127.0.0.1", port: port ?? 3306)
        if let socket = options["socket"] {
            guard host == nil || host == "localhost", port == nil else {
                throw Self.invalid("a database URL names a host or a socket, not both")
            }
            guard socket.hasPrefix("/") else {
                throw Self.invalid("'socket' in a database URL must be an absolute path")
            }
            endpoint = .socket(path: socket)
        }
        var tls: TLS?
        if let text = options["tls"] {
            tls = TLS(rawValue: text)
            guard tls != nil else { throw Self.invalid("'tls' in a database URL is off, required or verify") }
        }
        self.init(
            endpoint: endpoint, user: user, database: database.isEmpty ? nil : database, tls: tls,
            certificateAuthorities: options["tls_ca"])
    }

    private static func invalid(_ message: String) -> MySQLError { MySQLError(kind: .configuration, message: message) }

    private static func withoutScheme(_ url: String) -> Substring? {
        let scheme = "mysql://"
        guard url.lowercased().hasPrefix(scheme) else { return nil }
        return url.dropFirst(scheme.count)
    }

    /// What stands before and after the first occurrence of a character; nil after it where there is none.
    private static func split(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let position = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<position], text[text.index(after: position)...])
    }

    private static func user(of authority: Substring) throws(MySQLError) -> String? {
        guard let end = authority.lastIndex(of: "@") else { return nil }
        let user = authority[..<end]
        guard !user.contains(":") else { throw invalid("a database URL must not hold a password") }
        let name = try decoded(user, part: "user")
        return name.isEmpty ? nil : name
    }

    private static func hostAndPort(of authority: Substring) throws(MySQLError) -> (String?, UInt16?) {
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        var host = place
        var port: Substring?
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { throw invalid("'[' without ']' in a database URL") }
            host = place[place.index(after: place.startIndex)..<end]
            let rest = place[place.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw invalid("text after ']' in a database URL") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = place.firstIndex(of: ":") {
            host = place[..<colon]
            port = place[place.index(after: colon)...]
            guard port?.contains(":") == false else {
                throw invalid("an IPv6 address in a database URL stands in brackets")
            }
        }
        let name = try decoded(host, part: "host")
        guard let port else { return (name.isEmpty ? nil : name, nil) }
        guard let number = UInt16(port), number > 0 else { throw invalid("the port in a database URL is 1 to 65535") }
        return (name.isEmpty ? nil : name, number)
    }

    private static func options(_ query: Substring) throws(MySQLError) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let (key, value) = split(pair, at: "=")
            guard let value, !value.isEmpty else { throw invalid("'\(key)' in a database URL has no value") }
            switch key {
            case "tls", "tls_ca", "socket": break
            case "password", "pass", "pwd": throw invalid("a database URL must not hold a password")
            default: throw invalid("unknown option '\(key)' in a database URL; options: socket, tls, tls_ca")
            }
            let text = try decoded(value, part: String(key))
            guard options.updateValue(text, forKey: String(key)) == nil else {
                throw invalid("'\(key)' stands twice in a database URL")
            }
        }
        return options
    }

    /// Percent-decoding (RFC 3986, section 2.1); a broken escape, a NUL or invalid UTF-8 is an error.
    private static func decoded(_ text: Substring, part: String) throws(MySQLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = Substring(rest.prefix(2))
                guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
                else {
                    throw invalid("'%' in the \(part) of a database URL is followed by two hexadecimal digits")
                }
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw invalid("the \(part) of a database URL is not UTF-8 text")
        }
        return decoded
    }
}
