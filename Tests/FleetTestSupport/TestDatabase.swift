/// A database of a test's own on the sandbox's server.
public struct TestDatabase: Sendable {
    /// Its name: `botfleet_` and 12 digits and letters.
    public let name: String
    /// How botfleet's BOTFLEET_DATABASE_URL writes it, without the password.
    public let url: String
    /// The password of the user that the URL names.
    public let password: String
    private let sandbox: Sandbox

    init(name: String, url: String, password: String, sandbox: Sandbox) {
        self.name = name
        self.url = url
        self.password = password
        self.sandbox = sandbox
    }

    /// The sandbox's environment, with botfleet and mysql pointed at this database.
    public var environment: [String: String] {
        sandbox.environment(with: ["BOTFLEET_DATABASE_URL": url, "BOTFLEET_DATABASE_PASSWORD": password])
    }

    /// Runs SQL in it by the mysql client, and returns the rows as text; a null is `NULL`.
    @discardableResult
    public func mysql(_ sql: String) async throws -> [[String]] {
        try await sandbox.mysql(sql, database: name)
    }

    /// Drops it and all it holds. Dropping it twice is no error.
    public func drop() async throws {
        try await sandbox.mysql("DROP DATABASE IF EXISTS \(name)")
    }
}
