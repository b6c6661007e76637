import CLibmysqlclient

/// One connection to a MySQL or MariaDB server.
///
/// An actor on a queue of its own: its calls block that queue and nothing else. Statements are prepared, kept by their
/// text (the last 128), and take arguments only through placeholders. The session is utf8mb4, UTC, strict, and READ
/// COMMITTED: each statement sees what is committed when it begins and locks only the rows it finds, so that batches of
/// upserts by several processes seldom deadlock on gaps; who needs one picture over several statements asks for a
/// snapshot (`MySQLPool.snapshot`). In a Galera cluster reads wait for what is committed elsewhere.
public actor MySQLConnection {
    /// What a statement did.
    public struct Outcome: Sendable, Equatable {
        /// Rows found by an UPDATE or DELETE (also those that had the new values already), rows inserted by an INSERT;
        /// an upsert counts 1 for a row inserted, 2 for one changed, 1 for one found unchanged.
        public let affectedRows: Int
        /// The AUTO_INCREMENT value made, the first of several; 0 is none.
        public let lastInsertID: UInt64

        /// An outcome of its two counts.
        public init(affectedRows: Int, lastInsertID: UInt64) {
            self.affectedRows = affectedRows
            self.lastInsertID = lastInsertID
        }
    }

    /// Where the connection goes.
    public nonisolated let configuration: MySQLConfiguration
    /// Which server answered.
    public private(set) var serverVersion = MySQLServerVersion(text: "")
    /// The server's number of the connection, as KILL and the process list use it; 0 before it is open.
    public private(set) var threadID: UInt = 0
    /// The TLS cipher in use; nil when the connection is not encrypted.
    public private(set) var cipher: String?
    /// Whether the connection was lost or broken: it takes no more statements.
    public private(set) var isBroken = false

    private nonisolated let executor: QueueExecutor
    /// nil until the session is set up, whose statements do not count.
    private var log: MySQLStatementLog?
    private var handle: UnsafeMutablePointer<MYSQL>?
    private var statements: [String: PreparedStatement] = [:]
    private var uses = 0

    /// Prepared statements kept; a server allows 16,382 of all connections together by default.
    private static let keptStatements = 128
    /// Longer texts, which only large batches have, are not kept.
    private static let keptStatementLength = 64 * 1024

    /// The client library, set up once a process; it also makes a write to a closed socket an error and no signal.
    private static let library: Int32 = lm_library_init()

    /// The connection's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(configuration: MySQLConfiguration) {
        self.configuration = configuration
        executor = QueueExecutor(label: "mysql")
    }

    isolated deinit { closeNow() }

    /// Opens a connection and sets up its session.
    /// - Throws: `MySQLError` of kind `connect`, `configuration`, or `unsupportedServer` (older than MySQL 8.0 or
    ///   MariaDB 10.6).
    /// - Source: mysql_init, mysql_options, mysql_real_connect.
    public static func open(
        _ configuration: MySQLConfiguration, log: MySQLStatementLog? = nil
    ) async throws(MySQLError) -> MySQLConnection {
        let connection = MySQLConnection(configuration: configuration)
        try await connection.connect(log)
        return connection
    }

    // MARK: Statements

    /// Runs a statement that changes something.
    /// - Throws: `MySQLError` of kind `statement`.
    @discardableResult
    public func execute(_ sql: String, _ arguments: [MySQLValue] = []) throws(MySQLError) -> Outcome {
        try run(sql, arguments) { (statement) throws(MySQLError) in
            let outcome = Outcome(affectedRows: statement.affectedRows, lastInsertID: statement.lastInsertID)
            _ = try rows(of: statement) { _ in () }
            return outcome
        }
    }

    /// Runs a statement and returns its rows.
    /// - Throws: `MySQLError` of kind `statement`, or `unexpectedValue` beyond `maximumRows`.
    public func query(_ sql: String, _ arguments: [MySQLValue] = []) throws(MySQLError) -> [MySQLRow] {
        try run(sql, arguments) { (statement) throws(MySQLError) in try rows(of: statement) { $0 } }
    }

    /// Runs a statement and returns its rows decoded, each as it arrives, so that no second copy of the result is held.
    /// - Throws: `MySQLError`, also what `decode` throws.
    public func query<Value: Sendable>(
        _ sql: String, _ arguments: [MySQLValue] = [], decode: @Sendable (MySQLRow) throws(MySQLError) -> Value
    ) throws(MySQLError) -> [Value] {
        try run(sql, arguments) { (statement) throws(MySQLError) in try rows(of: statement, decode: decode) }
    }

    /// Asks the server whether it is there; false when the connection is lost.
    /// - Source: mysql_ping.
    public func ping() -> Bool {
        guard let handle, !isBroken else { return false }
        isBroken = mysql_ping(handle) != 0
        return !isBroken
    }

    /// Ends the connection; what is not committed is rolled back by the server.
    public func close() { closeNow() }

    // MARK: Transactions, driven by MySQLPool

    /// Begins a transaction, or a read-only one that sees a single instant of the whole database.
    func begin(snapshot: Bool) throws(MySQLError) {
        if snapshot { try control("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") }
        try control(snapshot ? "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY" : "START TRANSACTION")
    }

    /// Commits. A connection lost meanwhile leaves it unknown whether the server committed.
    /// - Throws: `MySQLError` of kind `commitOutcomeUnknown` then, of kind `statement` when the server refused.
    func commit() throws(MySQLError) {
        do {
            try control("COMMIT")
        } catch  where error.isConnectionLost {
            throw MySQLError(
                kind: .commitOutcomeUnknown, code: error.code, sqlState: error.sqlState, message: error.message,
                statement: "COMMIT", target: error.target)
        }
    }

    /// Rolls back; where that fails the connection is not used again.
    func rollback() {
        guard !isBroken else { return }
        do { try control("ROLLBACK") } catch { isBroken = true }
    }

    // MARK: -

    /// Runs a prepared statement, once more if the server has forgotten it or wants it prepared anew.
    private func run<Result>(
        _ sql: String, _ arguments: [MySQLValue], _ use: (PreparedStatement) throws(MySQLError) -> Result
    ) throws(MySQLError) -> Result {
        let target = configuration.description
        do {
            log?.record(sql)
            let statement = try prepared(sql)
            do {
                try statement.execute(arguments, target: target)
            } catch  where error.code == 1243 || error.code == 1615 {
                // Nothing ran: 1243 unknown statement (a proxy changed servers), 1615 needs to be prepared again.
                statements[sql] = nil
                let again = try prepared(sql)
                try again.execute(arguments, target: target)
                return try use(again)
            }
            return try use(statement)
        } catch {
            if error.isConnectionLost { isBroken = true }
            throw error
        }
    }

    private func rows<Value>(
        of statement: PreparedStatement, decode: (MySQLRow) throws(MySQLError) -> Value
    ) throws(MySQLError) -> [Value] {
        try statement.fetch(
            maximum: configuration.maximumRows, target: configuration.description, decode: decode)
    }

    private func prepared(_ sql: String) throws(MySQLError) -> PreparedStatement {
        uses += 1
        if let statement = statements[sql] {
            statement.lastUse = uses
            return statement
        }
        let statement = try PreparedStatement(sql, on: try openHandle(), target: configuration.description)
        statement.lastUse = uses
        guard sql.utf8.count <= Self.keptStatementLength else { return statement }
        if statements.count >= Self.keptStatements,
            let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        {
            statements[oldest] = nil
        }
        statements[sql] = statement
        return statement
    }

    private func openHandle() throws(MySQLError) -> UnsafeMutablePointer<MYSQL> {
        guard let handle, !isBroken else {
            throw MySQLError(
                kind: .statement, code: Int(CR_SERVER_GONE_ERROR), sqlState: "HY000",
                message: "the connection was lost before", target: configuration.description)
        }
        return handle
    }

    /// Sends one of our own fixed texts without preparing it: servers do not prepare transaction control.
    /// - Source: mysql_real_query.
    private func control(_ sql: String) throws(MySQLError) {
        let handle = try openHandle()
        log?.record(sql)
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else {
            let error = self.error(of: handle, kind: .statement, statement: sql)
            if error.isConnectionLost { isBroken = true }
            throw error
        }
    }

    private func error(
        of handle: UnsafeMutablePointer<MYSQL>, kind: MySQLError.Kind, statement: String? = nil
    ) -> MySQLError {
        MySQLError(
            kind: kind, code: Int(mysql_errno(handle)), sqlState: String(cString: mysql_sqlstate(handle)),
            message: String(cString: mysql_error(handle)), statement: statement, target: configuration.description)
    }

    private func closeNow() {
        statements = [:]
        if let handle { mysql_close(handle) }
        handle = nil
        isBroken = true
    }

    // MARK: Opening

    private func connect(_ log: MySQLStatementLog?) throws(MySQLError) {
        guard Self.library == 0, let handle = mysql_init(nil) else {
            throw MySQLError(kind: .connect, message: "no memory for a connection", target: configuration.description)
        }
        self.handle = handle
        do throws(MySQLError) {
            try configuration.apply(to: handle)
            try configuration.connect(handle)
            threadID = UInt(mysql_thread_id(handle))
            cipher = mysql_get_ssl_cipher(handle).map { String(cString: $0) }
            guard configuration.tls == .off || cipher != nil else {
                throw MySQLError(
                    kind: .connect, code: Int(CR_SSL_CONNECTION_ERROR), message: "the server does not encrypt",
                    target: configuration.description)
            }
            try setUpSession()
            self.log = log
        } catch {
            closeNow()
            throw error
        }
    }

    /// Session settings, for each new connection. A client that vanishes (its machine died) must not hold row locks for
    /// the server's default of 8 hours, so the server hangs up on idle sessions early; the pool notices and reconnects.
    private func setUpSession() throws(MySQLError) {
        let about = try query("SELECT VERSION()")
        serverVersion = MySQLServerVersion(text: try about.first?.get(0) ?? "")
        guard serverVersion.isSupported else {
            throw MySQLError(
                kind: .unsupportedServer,
                message: "the server is \(serverVersion), MySQL 8.0 or MariaDB 10.6 is the oldest that works",
                target: configuration.description)
        }
        let lockWait = max(1, configuration.lockWaitTimeout.components.seconds)
        let mode = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
        var settings = """
            SET SESSION time_zone = '+00:00', sql_mode = '\(mode)', innodb_lock_wait_timeout = \(lockWait), \
            wait_timeout = 300, autocommit = 1
            """
        if serverVersion.isMariaDB { settings += ", idle_transaction_timeout = 30" }
        try control(settings)
        try control("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        let cluster = try query("SHOW SESSION VARIABLES LIKE 'wsrep_on'")
        if try cluster.first?.get(1) == "ON" { try control("SET SESSION wsrep_sync_wait = 1") }
    }
}
