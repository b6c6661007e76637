import FleetModel
import LibCrypto
import LibMySQL
import Logging

/// Brings a database's schema up to date, one process at a time.
///
/// Two small tables keep the account: `schema_migrations` says which migration began, how many of its statements are done
/// and when it ended; the one row of `schema_lock` says who migrates, with an expiry that the migrating process keeps
/// moving. DDL commits by itself, so a process that dies leaves a migration half-run: a repeatable one is taken up by the
/// next, another waits for `db unlock`.
struct Migrator: Sendable {
    let pool: MySQLPool
    let migrations: [Migration]
    let logger: Logger

    /// How long a dead process's lock stands; alive it is renewed every third of that.
    static let lockSeconds = 15
    /// How long a second process waits for the first.
    static let patience: Duration = .seconds(120)

    // MARK: Status

    /// How the schema stands. Writes nothing, makes no table.
    func status() async throws -> SchemaStatus {
        try await pool.withConnection(retrying: .standard) { connection in try await status(on: connection) }
    }

    private func status(on connection: MySQLTransaction) async throws -> SchemaStatus {
        do {
            let rows = try await connection.query(Self.accountQuery, decode: AppliedMigration.init)
            return summary(of: rows, lockedBy: try await lockHolder(on: connection))
        } catch let error as MySQLError {
            // Nobody has migrated here yet.
            if error.isUnknownTable { return summary(of: [], lockedBy: nil) }
            throw error
        }
    }

    private func lockHolder(on connection: MySQLTransaction) async throws -> String? {
        let rows = try await connection.query(
            "SELECT holder, acquired_at FROM schema_lock WHERE id = 1 AND expires_at > UTC_TIMESTAMP(6)")
        guard let row = rows.first else { return nil }
        let holder: String = try row.get(0)
        let since: MySQLDateTime = try row.get(1)
        return "\(holder) since \(since.instant)"
    }

    private static let accountQuery = """
        SELECT version, name, checksum, finished_at IS NOT NULL, statements_done, unlocked FROM schema_migrations \
        ORDER BY version
        """

    private func summary(of rows: [AppliedMigration], lockedBy: String?) -> SchemaStatus {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0) })
        let done = rows.filter(\.isFinished)
        let finished = Set(done.map(\.version))
        let halfRun = rows.first { row in
            !row.isFinished && !row.isUnlocked && known[row.version]?.isRepeatable != true
        }
        return SchemaStatus(
            isEmpty: rows.isEmpty, current: done.last?.version ?? 0, latest: migrations.last?.version ?? 0,
            pending: migrations.filter { !finished.contains($0.version) }.map(\.name), applied: done.map(\.name),
            halfRun: lockedBy == nil ? halfRun?.name : nil, lockedBy: lockedBy,
            changed: rows.filter { row in known[row.version].map { $0.checksum != row.checksum } ?? false }.map(\.name),
            isNewerThanBinary: rows.contains { $0.version > (migrations.last?.version ?? 0) })
    }

    // MARK: Migrating

    /// Applies what is pending; waits while another process does. Returns the names of what this call applied.
    func migrate() async throws -> [String] {
        try await prepareAccount()
        let token = try Token.random()
        try await takeLock(token)
        // The connections' pool serves the renewal beside the work: a long ALTER must not lose the lock.
        let renewal = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(Self.lockSeconds / 3))
                try await renewLock(token)
            }
        }
        defer { renewal.cancel() }
        do {
            let names = try await applyPending(token)
            try await releaseLock(token)
            return names
        } catch {
            // The error that counts is the one being thrown; a lock that stays runs out by itself.
            try? await releaseLock(token)
            throw error
        }
    }

    private func prepareAccount() async throws {
        for statement in Self.accountTables {
            try await pool.withConnection(retrying: .standard) { connection in
                _ = try await connection.execute(statement)
            }
        }
    }

    private func applyPending(_ token: String) async throws -> [String] {
        let found = try await status()
        // The lock is ours: what it says of being locked is about us.
        var standing = found
        standing.lockedBy = nil
        let rows = try await rows()
        standing.halfRun =
            rows.first { !$0.isFinished && !$0.isUnlocked && migration($0.version)?.isRepeatable != true }?.name
        if let failure = standing.migrationFailure { throw failure }
        var names: [String] = []
        for migration in migrations where !rows.contains(where: { $0.version == migration.version && $0.isFinished }) {
            logger.info("applying migration \(migration.name)")
            try await apply(migration, after: rows.first { $0.version == migration.version }, token)
            names.append(migration.name)
        }
        return names
    }

    private func rows() async throws -> [AppliedMigration] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(Self.accountQuery, decode: AppliedMigration.init)
        }
    }

    private func migration(_ version: Int) -> Migration? { migrations.first { $0.version == version } }

    private func apply(_ migration: Migration, after row: AppliedMigration?, _ token: String) async throws {
        let first = migration.isRepeatable ? 0 : row?.statementsDone ?? 0
        try await keepAccount(
            "INSERT INTO schema_migrations (version, name, checksum, started_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6)) "
                + "ON DUPLICATE KEY UPDATE unlocked = 0",
            [.int(Int64(migration.version)), .string(migration.name), .string(migration.checksum)])
        for index in first..<max(first, migration.statements.count) {
            try await renewLock(token)
            try await run(
                migration.statements[index], resumed: row != nil && (index == first || migration.isRepeatable))
            try await keepAccount(
                "UPDATE schema_migrations SET statements_done = ? WHERE version = ?",
                [.int(Int64(index + 1)), .int(Int64(migration.version))])
        }
        try await keepAccount(
            "UPDATE schema_migrations SET finished_at = UTC_TIMESTAMP(6) WHERE version = ?",
            [.int(Int64(migration.version))])
    }

    /// Runs one statement. The first after a resumption, or any of a migration that is run again from its beginning, may have
    /// been done before its process died: then it finds its table (1050), column (1060), key (1061, 1826) there or gone
    /// (1091, 1051), and that is as good.
    private func run(_ statement: String, resumed: Bool) async throws {
        do {
            try await pool.withConnection { connection in _ = try await connection.execute(statement) }
        } catch let error as MySQLError where resumed && [1050, 1051, 1060, 1061, 1091, 1826].contains(error.code) {
            logger.notice("a migration's statement had been run before: \(error.message)")
        }
    }

    private func keepAccount(_ sql: String, _ arguments: [MySQLValue]) async throws {
        try await pool.withConnection(retrying: .standard) { connection in
            _ = try await connection.execute(sql, arguments)
        }
    }

    // MARK: The lock

    /// Removes the lock and lets a half-run migration go on from the statement at which it ended.
    func unlock() async throws {
        do {
            try await keepAccount("DELETE FROM schema_lock WHERE id = ?", [1])
            try await keepAccount("UPDATE schema_migrations SET unlocked = ? WHERE finished_at IS NULL", [1])
        } catch let error as MySQLError where error.isUnknownTable {
            // An empty database is not locked.
        }
    }

    private func takeLock(_ token: String) async throws {
        let holder = ProcessName.current
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let taken = try await pool.withConnection(retrying: .standard) { connection in
                try await connection.execute(
                    "INSERT INTO schema_lock (id, holder, token, acquired_at, expires_at) VALUES (1, '', '', "
                        + "UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE id = id")
                return try await connection.execute(
                    "UPDATE schema_lock SET holder = ?, token = ?, acquired_at = UTC_TIMESTAMP(6), "
                        + "expires_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(6)) "
                        + "WHERE id = 1 AND (expires_at <= UTC_TIMESTAMP(6) OR token = ?)",
                    [.string(holder), .string(token), .int(Int64(Self.lockSeconds)), .string(token)]
                ).affectedRows == 1
            }
            if taken { return }
            if ContinuousClock.now > deadline {
                let found = try await status()
                throw found.migrationFailure
                    ?? StoreError(
                        .migrationRunning, "the database's migration lock is not to be had", hint: "try again")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Moves the lock's expiry; throws where another has it, so that two never migrate at once.
    private func renewLock(_ token: String) async throws {
        let kept = try await pool.withConnection(retrying: .standard) { connection in
            try await connection.execute(
                "UPDATE schema_lock SET expires_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(6)) WHERE id = 1 AND token = ?",
                [.int(Int64(Self.lockSeconds)), .string(token)]
            ).affectedRows == 1
        }
        guard kept else {
            throw StoreError(
                .migrationRunning, "the migration lock was taken from this process", hint: "run botfleet db status")
        }
    }

    private func releaseLock(_ token: String) async throws {
        try await keepAccount(
            "UPDATE schema_lock SET expires_at = UTC_TIMESTAMP(6), token = '' WHERE id = 1 AND token = ?",
            [.string(token)])
    }

    /// The tables that keep the account of migrations; they are older than any migration and never change.
    private static let accountTables = [
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version INT NOT NULL,
            name VARCHAR(191) NOT NULL,
            checksum VARCHAR(64) NOT NULL,
            statements_done INT NOT NULL DEFAULT 0,
            unlocked TINYINT NOT NULL DEFAULT 0,
            started_at DATETIME(6) NOT NULL,
            finished_at DATETIME(6) NULL,
            PRIMARY KEY (version)
        ) \(Migration.engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS schema_lock (
            id TINYINT NOT NULL,
            holder VARCHAR(512) NOT NULL,
            token VARCHAR(64) NOT NULL,
            acquired_at DATETIME(6) NOT NULL,
            expires_at DATETIME(6) NOT NULL,
            PRIMARY KEY (id)
        ) \(Migration.engine)
        """,
    ]
}
