/// Which server answers: MySQL or MariaDB, and its version.
public struct MySQLServerVersion: Sendable, Equatable, CustomStringConvertible {
    /// Whether it is MariaDB; MySQL and its relatives (Percona, Aurora) otherwise.
    public let isMariaDB: Bool
    /// 10 of 10.11.19.
    public let major: Int
    /// 11 of 10.11.19.
    public let minor: Int
    /// 19 of 10.11.19.
    public let patch: Int
    /// The server's own words, such as `10.11.19-MariaDB-0+deb12u1`.
    public let text: String

    /// Reads what a server says of itself (`SELECT VERSION()`); unreadable numbers count as 0.
    public init(text: String) {
        // Replication made MariaDB 10 say "5.5.5-10.6.1-MariaDB" in its greeting; libraries and proxies may pass it on.
        let plain = text.hasPrefix("5.5.5-") ? text.dropFirst(6) : text[...]
        isMariaDB = text.contains("MariaDB")
        let numbers = plain.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map { Int($0) ?? 0 }
        major = numbers.first ?? 0
        minor = numbers.dropFirst().first ?? 0
        patch = numbers.dropFirst(2).first ?? 0
        self.text = text
    }

    /// Whether this server is MySQL 8.0, MariaDB 10.6, or newer.
    public var isSupported: Bool { isMariaDB ? (major, minor) >= (10, 6) : (major, minor) >= (8, 0) }

    /// `MariaDB 10.11.19`.
    public var description: String { "\(isMariaDB ? "MariaDB" : "MySQL") \(major).\(minor).\(patch)" }
}
