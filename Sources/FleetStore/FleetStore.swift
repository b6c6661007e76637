import FleetModel
import LibMySQL
import Logging

/// The recorded state in MySQL: what was applied last, whom we own, what is under way, who may work (DESIGN.md).
///
/// Every row belongs to a fleet. Writes are transactions that may be run twice with the effect of once, so a deadlock or
/// a lost connection, even during COMMIT, is answered by running them again. Times are the database's.
/// A store may be used from any number of tasks; `connections` of them are served at a time.
public final class FleetStore: Sendable {
    /// The server, without a password.
    public let location: String
    let pool: MySQLPool
    let logger: Logger
    let clock = DatabaseClock()
    /// What time it is for schedules.
    public let fleetClock: FleetClock
    /// The migrations that this binary has; tests put others.
    let migrations: [Migration]

    init(pool: MySQLPool, logger: Logger, migrations: [Migration], fleetClock: FleetClock = .database) {
        self.pool = pool
        self.fleetClock = fleetClock
        self.logger = logger
        self.migrations = migrations
        location = pool.configuration.description
    }

    /// Opens a first connection, which proves the address, the password, the database and the server's version.
    /// - Throws: `MySQLError` of kind `connect` or `unsupportedServer`, described for people.
    public static func connect(_ configuration: DatabaseConfiguration, logger: Logger) async throws -> FleetStore {
        try await connect(configuration, logger: logger, migrations: Migration.all)
    }

    static func connect(
        _ configuration: DatabaseConfiguration, logger: Logger, migrations: [Migration]
    ) async throws -> FleetStore {
        let pool = MySQLPool(configuration.server, limit: configuration.connections)
        let store = FleetStore(
            pool: pool, logger: logger, migrations: migrations, fleetClock: configuration.fleetClock)
        do {
            _ = try await store.databaseNow()
        } catch {
            await pool.close()
            throw error
        }
        return store
    }

    /// Closes all connections; statements in flight end first.
    public func close() async { await pool.close() }

    /// How many statements were sent so far, transaction control included; preparing and connecting are not counted.
    public var statementCount: Int { pool.log.count }

    /// Keeps the texts of statements from now on.
    public func startRecordingStatements() { pool.log.startRecording() }

    /// The texts since recording started, oldest first.
    public func stopRecordingStatements() -> [String] { pool.log.stopRecording() }

    /// The fleet's time, which is the database's, in whole seconds.
    public func databaseNow() async throws -> Instant {
        let now: MySQLDateTime = try await pool.withConnection(retrying: .standard) { connection in
            guard let row = try await connection.query("SELECT UTC_TIMESTAMP(6)").first else {
                throw MySQLError.unexpectedValue("the server has no time")
            }
            return try row.get(0)
        }
        clock.set(now)
        return fleetClock.instant(at: now)
    }

    /// The fleet's time without asking the database: as it was last told, moved on by this machine's steady clock; late by a
    /// moment at most, never early. nil before the database was ever asked.
    public var estimatedNow: Instant? {
        clock.estimate(at: .now).map { fleetClock.instant(at: $0) }
    }

    /// Runs a write that has the effect of once however often it runs.
    func transaction<Value: Sendable>(
        _ body: @Sendable (MySQLTransaction) async throws -> Value
    ) async throws -> Value {
        try await pool.transaction(whenCommitIsInDoubt: .runAgain, body)
    }

    /// Asks one question; a connection that was lost is answered by asking again.
    func read<Value: Sendable>(
        _ sql: String, _ arguments: [MySQLValue], decode: @escaping @Sendable (MySQLRow) throws(MySQLError) -> Value
    ) async throws -> [Value] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(sql, arguments, decode: decode)
        }
    }
}
