import FleetModel
import FoundationEssentials
import LibMySQL

/// Where the database is and how to enter it, put together from files and the environment.
public struct DatabaseConfiguration: Sendable, CustomStringConvertible {
    /// The environment variable that wins over `database.url`.
    public static let urlVariable = "BOTFLEET_DATABASE_URL"
    /// The environment variable with the password.
    public static let passwordVariable = "BOTFLEET_DATABASE_PASSWORD"

    /// The server, the user, the database, TLS and times.
    public var server: MySQLConfiguration
    /// The most connections at a time, 1…; one process seldom has more than a few statements in flight.
    public var connections = 4
    /// What time it is for schedules; another than the database's in tests alone.
    public var fleetClock = FleetClock.database

    /// A configuration of a server that is already known.
    public init(server: MySQLConfiguration) {
        self.server = server
        self.server.programName = "botfleet"
    }

    /// Puts a configuration together (SPEC 1): the URL from `BOTFLEET_DATABASE_URL`, else `database.url`; the password from
    /// `BOTFLEET_DATABASE_PASSWORD`, else the `[client]` section of `database.option_file`, which also gives the user where
    /// the URL names none.
    ///
    /// Relative paths count from `folder`, the fleet repository; `~/` is the home folder of the environment.
    /// - Throws: `StoreError` of kind `configuration`.
    public static func from(
        settings: DatabaseSettings?, environment: [String: String], folder: String = "."
    ) throws -> DatabaseConfiguration {
        let fromEnvironment = environment[urlVariable].flatMap { $0.isEmpty ? nil : $0 }
        guard let url = fromEnvironment ?? settings?.url else {
            throw StoreError(
                .configuration, "no database is configured", hint: "set \(urlVariable), or database.url in fleet.yaml")
        }
        let origin = fromEnvironment == nil ? "database.url in fleet.yaml" : urlVariable
        var server: MySQLConfiguration
        do {
            server = try MySQLConfiguration(url: url)
        } catch {
            throw StoreError(
                .configuration, "\(origin) is not usable: \(error.message)",
                hint:
                    "it looks like mysql://user@host:3306/database?tls=verify; the password goes into \(passwordVariable)"
            )
        }
        guard server.database != nil else {
            throw StoreError(
                .configuration, "\(origin) names no database", hint: "it looks like mysql://user@host:3306/database")
        }
        let paths = Paths(folder: folder, home: environment["HOME"])
        server.certificateAuthorities = server.certificateAuthorities.map(paths.absolute)
        if let file = settings?.optionFile {
            let options = try readOptions(paths.absolute(file), shown: file)
            server.user = server.user ?? options.user
            server.password = options.password
            server.certificateAuthorities = server.certificateAuthorities ?? options.certificateAuthorities
        }
        if let password = environment[passwordVariable], !password.isEmpty { server.password = password }
        var configuration = DatabaseConfiguration(server: server)
        configuration.fleetClock = try testClock(environment, server: server) ?? .database
        return configuration
    }

    /// A test's clock, which nothing real may ever run by: both the database and AWS must be on this machine.
    private static func testClock(
        _ environment: [String: String], server: MySQLConfiguration
    ) throws -> FleetClock? {
        guard let text = environment[FleetClock.variable], !text.isEmpty else { return nil }
        guard server.isLocal, isLoopback(environment["AWS_ENDPOINT_URL"] ?? "") else {
            throw StoreError(
                .configuration,
                "\(FleetClock.variable) is set, and the database or AWS is not a test's on this machine",
                hint: "unset it: it makes starts and stops happen at other times than schedules say")
        }
        guard let clock = FleetClock(text) else {
            throw StoreError(
                .configuration, "\(FleetClock.variable) is '\(text)'",
                hint: "it looks like 2026-11-25T10:00:00Z/2026-11-23T07:59:00Z/60")
        }
        return clock
    }

    private static func isLoopback(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
    }

    /// The URL without a password.
    public var description: String { server.description }

    /// The largest option file that is read: they are a few lines.
    private static let largestOptionFile = 1 << 20

    private static func readOptions(_ path: String, shown: String) throws -> MySQLOptionFile {
        let hint = "database.option_file names a MySQL option file with a [client] section; it is read as this user"
        guard let handle = FileManager.default.contents(atPath: path), handle.count <= largestOptionFile else {
            throw StoreError(.configuration, "cannot read the database's option file '\(shown)'", hint: hint)
        }
        do {
            return try MySQLOptionFile(text: String(decoding: handle, as: UTF8.self))
        } catch {
            throw StoreError(.configuration, "cannot use '\(shown)': \(error.message)", hint: hint)
        }
    }

    /// What paths in settings are relative to.
    private struct Paths {
        let folder: String
        let home: String?

        func absolute(_ path: String) -> String {
            if path.hasPrefix("~/"), let home { return home + path.dropFirst(1) }
            return path.hasPrefix("/") ? path : folder + "/" + path
        }
    }
}
