/// Why something asked of a MySQL or MariaDB server did not happen.
///
/// The text holds the server's words, the statement and where it was sent, never an argument or a password: values that
/// servers quote in their messages ("Duplicate entry '…'") are cut out when the error is made.
public struct MySQLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was being done.
    public enum Kind: Sendable, Equatable {
        /// Reaching the server, proving who we are, opening the database.
        case connect
        /// A statement.
        case statement
        /// A COMMIT whose answer never came: the transaction may be done or undone.
        case commitOutcomeUnknown
        /// A URL or an option file that says something impossible.
        case configuration
        /// A result that is not of the shape the caller expects.
        case unexpectedValue
        /// No connection of the pool became free in time.
        case poolExhausted
        /// A server that is too old.
        case unsupportedServer
    }

    /// What was being done.
    public let kind: Kind
    /// The number of the server's (1000 and up) or the client library's (2000–2999, 5000 and up) error; 0 for our own.
    public let code: Int
    /// The five characters of SQLSTATE; empty for our own errors.
    public let sqlState: String
    /// The server's words, without values.
    public let message: String
    /// The statement with its placeholders; nil where none was sent.
    public let statement: String?
    /// Where it was sent, as `mysql://user@host:port/database` or with a socket's path; empty where unknown.
    public let target: String

    /// An error; values that the server quotes are cut out of the message.
    public init(
        kind: Kind, code: Int = 0, sqlState: String = "", message: String, statement: String? = nil, target: String = ""
    ) {
        self.kind = kind
        self.code = code
        self.sqlState = sqlState
        self.message = Self.withoutValues(message)
        self.statement = statement
        self.target = target
    }

    /// A result that is not of the shape the caller expects.
    public static func unexpectedValue(_ message: String) -> MySQLError {
        MySQLError(kind: .unexpectedValue, message: message)
    }

    /// One line: the words, the number, the state, and the beginning of the statement.
    public var description: String {
        var text = message
        if code != 0 { text += " (error \(code)\(sqlState.isEmpty ? "" : ", SQLSTATE \(sqlState)"))" }
        if let statement {
            let oneLine = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            text += " in: \(oneLine.prefix(120))\(oneLine.count > 120 ? "…" : "")"
        }
        return text
    }

    /// The message without the values that some servers quote in it.
    private static func withoutValues(_ message: String) -> String {
        let quotes = [("entry '", "' for key "), ("value: '", "' for "), ("value '", "' for "), ("value: '", "'")]
        for (before, after) in quotes {
            guard let start = message.firstRange(of: before), let end = message.ranges(of: after).last,
                start.upperBound <= end.lowerBound
            else { continue }
            return message[..<start.upperBound] + "…" + message[end.lowerBound...]
        }
        return message
    }
}

extension MySQLError {
    /// Two transactions waited for each other, or a cluster refused this one's writes: 1213.
    public var isDeadlock: Bool { code == 1213 }

    /// A row lock did not become free in time: 1205.
    public var isLockTimeout: Bool { code == 1205 }

    /// A cluster's node cannot take the transaction now: 1180 (error during commit), 1047 (not prepared).
    public var isClusterRefusal: Bool { code == 1180 || code == 1047 }

    /// The whole transaction was rolled back, or never began, for a reason that passes: run it again as a whole.
    ///
    /// 1412: a table's definition changed since the transaction's snapshot; 1615: a prepared statement needs preparing anew.
    public var isTransient: Bool { isDeadlock || isLockTimeout || isClusterRefusal || code == 1412 || code == 1615 }

    /// A unique key has the value already: 1062.
    public var isDuplicate: Bool { code == 1062 }

    /// The connection is no more: the server closed it, was killed, or did not answer in time.
    ///
    /// 1053 shutdown, 1152–1161 network, 1927 killed, 2006 gone, 2013 lost, 2014 out of step, 2027 malformed, 2055 lost
    /// (extended), 2057 another result than was prepared for (a table changed; the library cannot go on), 3169 and 4031
    /// disconnected (MySQL), 5013 and 5014 read and write (Connector/C).
    public var isConnectionLost: Bool {
        switch code {
        case 1053, 1152...1161, 1927, 2006, 2013, 2014, 2027, 2055, 2057, 3169, 4031, 5013, 5014: kind != .connect
        default: false
        }
    }

    /// The server could not be reached or would not have us now: nothing was begun.
    public var isUnreachable: Bool {
        guard kind == .connect else { return false }
        switch code {
        case 1040, 1047, 1053, 1129, 1152...1161, 1203, 1927, 2001...2006, 2012, 2013, 2055, 5013, 5014: return true
        default: return false
        }
    }

    /// The user, the password or the rights are refused: 1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 4151.
    public var isAccessDenied: Bool { [1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118, 4151].contains(code) }

    /// The database does not exist: 1049.
    public var isUnknownDatabase: Bool { code == 1049 }

    /// A table does not exist: 1146.
    public var isUnknownTable: Bool { code == 1146 }

    /// TLS could not be agreed on, or the server's certificate is not to be trusted: 2026.
    public var isTLSFailure: Bool { code == 2026 || code == 3159 }
}
