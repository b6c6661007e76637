import Diagnostics
import LibMySQL

extension MySQLError: DescribedFailure {
    /// What was attempted on which server, and the server's words.
    public var summary: String {
        let place = target.isEmpty ? "the database" : target
        switch kind {
        case .connect: return "cannot open \(place): \(reason)"
        case .statement: return "\(place) refused a statement: \(description)"
        case .commitOutcomeUnknown: return "\(place) did not say whether it committed: \(reason)"
        case .configuration: return "cannot use the database's configuration: \(message)"
        case .unexpectedValue: return "\(place) answered something unexpected: \(description)"
        case .poolExhausted: return "cannot use \(place): \(message)"
        case .unsupportedServer: return "cannot use \(place): \(message)"
        }
    }

    /// What to do about it.
    public var hint: String? {
        switch kind {
        case .connect: return connectHint
        case .statement, .unexpectedValue: return statementHint
        case .commitOutcomeUnknown: return "run the command again: what was committed is found, what was not is done"
        case .configuration: return "see database in fleet.yaml and \(DatabaseConfiguration.urlVariable)"
        case .poolExhausted: return "the server is slow or locked; its process list shows what it is doing"
        case .unsupportedServer: return "upgrade the server"
        }
    }

    private var reason: String { code == 0 ? message : "\(message) (error \(code))" }

    private var connectHint: String {
        if isAccessDenied {
            return message.contains("using password: NO")
                ? "no password was given: set \(DatabaseConfiguration.passwordVariable) or database.option_file"
                : "check \(DatabaseConfiguration.passwordVariable), the user in the URL and its rights"
        }
        if isUnknownDatabase {
            return "create it: CREATE DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, or correct the URL"
        }
        if isTLSFailure {
            return
                "the server must offer TLS with a certificate that names this host; tls_ca=FILE in the URL names its "
                + "authority, tls=off is for one machine or a private network"
        }
        return "is the server up, and is the URL right (\(DatabaseConfiguration.urlVariable), database.url)?"
    }

    private var statementHint: String? {
        if isAccessDenied { return "the user needs all rights on this database" }
        if isUnknownTable { return "run botfleet db migrate" }
        if isTransient || isConnectionLost { return "it was tried several times; run the command again" }
        return nil
    }
}

extension FleetStore {
    /// Whether an error says that the database can't be reached now, so that waiting may help; a wrong password or address
    /// does not pass by itself.
    public static func isUnreachable(_ error: any Error) -> Bool {
        guard let error = error as? MySQLError else { return false }
        return error.isUnreachable || error.isConnectionLost || error.isTransient
    }

    /// Whether an error is the database's at all.
    public static func isDatabaseError(_ error: any Error) -> Bool { error is MySQLError }
}
