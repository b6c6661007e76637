/// What the `[client]` sections of a MySQL option file (my.cnf) say about connecting.
///
/// Read by us and not by the client library, which passes over a missing file and lets a file undo what the program
/// asked for (TLS above all). Groups `[client]`, `[client-mariadb]` and `[client-server]` count, later lines win, `-`
/// and `_` are the same in names, other options are passed over.
/// Source: MySQL 8.0 Reference Manual, 4.2.2.2 "Using Option Files".
public struct MySQLOptionFile: Sendable, Equatable {
    /// `user`.
    public var user: String?
    /// `password`; never printed by us.
    public var password: String?
    /// `host`.
    public var host: String?
    /// `port`, 1 to 65535.
    public var port: UInt16?
    /// `socket`: a path.
    public var socket: String?
    /// `database`.
    public var database: String?
    /// `ssl-ca`: a PEM file of certificate authorities.
    public var certificateAuthorities: String?

    /// Reads the text of an option file.
    /// - Throws: `MySQLError` of kind `configuration` with the line's number, never its text.
    public init(text: String) throws(MySQLError) {
        var section = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = Self.trimmed(line)
            if trimmed.isEmpty || trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if trimmed.hasPrefix("!") {
                throw Self.invalid("'!include' is not supported", line: index + 1)
            }
            if trimmed.hasPrefix("[") {
                guard trimmed.hasSuffix("]") else { throw Self.invalid("'[' without ']'", line: index + 1) }
                section = String(trimmed.dropFirst().dropLast())
                continue
            }
            guard !section.isEmpty else { throw Self.invalid("an option before the first [section]", line: index + 1) }
            guard ["client", "client-mariadb", "client-server"].contains(section) else { continue }
            try set(trimmed, line: index + 1)
        }
    }

    private mutating func set(_ text: Substring, line: Int) throws(MySQLError) {
        guard let equals = text.firstIndex(of: "=") else { return }
        let name = String(Self.trimmed(text[..<equals])).replacing("_", with: "-")
        let value = Self.value(Self.trimmed(text[text.index(after: equals)...]))
        switch name {
        case "user": user = value
        case "password": password = value
        case "host": host = value
        case "socket": socket = value
        case "database": database = value
        case "ssl-ca": certificateAuthorities = value
        case "port":
            guard let number = UInt16(value), number > 0 else { throw Self.invalid("'port' is 1 to 65535", line: line) }
            port = number
        default: break
        }
    }

    private static func invalid(_ message: String, line: Int) -> MySQLError {
        MySQLError(kind: .configuration, message: "line \(line) of the option file: \(message)")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// A value without its quotes and a comment behind it, escapes resolved.
    private static func value(_ text: Substring) -> String {
        var rest = text
        var quote: Character?
        if let first = rest.first, first == "'" || first == "\"" {
            quote = first
            rest.removeFirst()
        }
        var result = ""
        while let character = rest.popFirst() {
            if character == quote { return result }
            if quote == nil, character == "#", result.last?.isWhitespace == true { break }
            guard character == "\\", let escaped = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escaped {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "b": result.append("\u{8}")
            case "s": result.append(" ")
            case "\\", "'", "\"": result.append(escaped)
            default: result.append(contentsOf: ["\\", escaped])
            }
        }
        while quote == nil, result.last?.isWhitespace == true { result.removeLast() }
        return result
    }
}
