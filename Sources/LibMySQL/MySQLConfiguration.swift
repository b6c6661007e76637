/// Where a server is, who we are to it, and how long to wait for it.
///
/// The password is kept out of every description. Durations are rounded up to whole seconds, which is all that the
/// client library counts.
public struct MySQLConfiguration: Sendable, Equatable {
    /// How the server is reached.
    public enum Endpoint: Sendable, Equatable {
        /// TCP; a name, an IPv4 or an IPv6 address without brackets.
        case host(String, port: UInt16)
        /// A Unix domain socket.
        case socket(path: String)
    }

    /// How the way to the server is protected.
    public enum TLS: String, Sendable, Equatable, CaseIterable {
        /// Not at all.
        case off
        /// Encrypted; the server's certificate is not looked at.
        case required
        /// Encrypted; the certificate must be signed by a known authority and name the host.
        case verify
    }

    /// How the server is reached.
    public var endpoint: Endpoint
    /// The user; nil is the system's user, as the client library finds it.
    public var user: String?
    /// The password; nil is none.
    public var password: String?
    /// The database that unqualified names belong to; nil is none.
    public var database: String?
    /// How the way is protected.
    public var tls: TLS
    /// A PEM file of certificate authorities; nil is the system's.
    public var certificateAuthorities: String?
    /// How long reaching the server may take.
    public var connectTimeout: Duration = .seconds(10)
    /// How long the server may be silent while we wait for an answer.
    public var readTimeout: Duration = .seconds(60)
    /// How long the server may refuse to take what we send.
    public var writeTimeout: Duration = .seconds(60)
    /// How long a statement waits for a row lock before error 1205; below `readTimeout`, or that would come first.
    public var lockWaitTimeout: Duration = .seconds(10)
    /// The most rows that one query may return: a bound against a table that outgrew its reader.
    public var maximumRows: Int = 2_000_000
    /// The name under which the server lists the connection (`program_name`).
    public var programName: String = "LibMySQL"

    /// A configuration with the default times; TLS is `verify`, and `off` on loopback or a socket.
    public init(
        endpoint: Endpoint, user: String? = nil, password: String? = nil, database: String? = nil, tls: TLS? = nil,
        certificateAuthorities: String? = nil
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls ?? endpoint.defaultTLS
        self.certificateAuthorities = certificateAuthorities
    }
}

extension MySQLConfiguration {
    /// Whether the server is on this machine, by a socket or a loopback address.
    public var isLocal: Bool { endpoint.isLocal }
}

extension MySQLConfiguration.Endpoint {
    /// Nobody can listen between two processes of one machine, so only there TLS is off unless asked for.
    var defaultTLS: MySQLConfiguration.TLS { isLocal ? .off : .verify }

    /// Whether the server is on this machine, by a socket or a loopback address.
    var isLocal: Bool {
        switch self {
        case .socket: true
        case .host(let name, _): Self.isLoopback(name)
        }
    }

    /// Whether a host's name or address means this machine: `localhost`, 127.0.0.0/8, `::1`.
    static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension MySQLConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `mysql://user@host:port/database` or `mysql://user@/database?socket=/path`; never the password.
    public var description: String {
        let person = user.map { "\($0)@" } ?? ""
        switch endpoint {
        case .host(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "mysql://\(person)\(name):\(port)/\(database ?? "")"
        case .socket(let path):
            return "mysql://\(person)/\(database ?? "")?socket=\(path)"
        }
    }

    /// As `description`.
    public var debugDescription: String { description }
    /// What a dump shows: no password.
    public var customMirror: Mirror { Mirror(self, children: ["url": description, "tls": tls.rawValue]) }
}
