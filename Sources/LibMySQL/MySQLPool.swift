/// A bounded set of connections to one server, opened when needed, checked before use, replaced when lost.
///
/// A transaction runs as a closure, so that it can be run again from its beginning: any transaction may fail with a
/// deadlock (1213), a lock timeout (1205), a cluster's refusal (1180, 1047) or a lost connection through no fault of its
/// own. When the connection is lost during COMMIT nobody knows whether it was committed; see ``CommitDoubt``.
public actor MySQLPool {
    /// What to do when the answer to COMMIT never came.
    public enum CommitDoubt: Sendable {
        /// Throw `MySQLError` of kind `commitOutcomeUnknown`: the caller finds out.
        case fail
        /// Run the transaction again: right where running it twice has the effect of running it once.
        case runAgain
    }

    /// Where connections go.
    public nonisolated let configuration: MySQLConfiguration
    /// Counts the statements of all connections.
    public nonisolated let log = MySQLStatementLog()

    private struct Idle {
        let connection: MySQLConnection
        let since: ContinuousClock.Instant
    }

    private let limit: Int
    private let waitLimit: Duration
    private let clock = ContinuousClock()
    private var idle: [Idle] = []
    private var lent = 0
    private var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextWaiter: UInt64 = 0
    private var hasConnected = false
    private var isClosed = false

    /// A connection that rested longer is asked whether it lives before it is lent; servers and firewalls close idle ones.
    private static let restWithoutCheck: Duration = .seconds(5)

    /// A pool without connections yet: at most `limit` at a time, each lent to one at a time; who finds none free waits
    /// in turn, for `waitLimit` at most.
    public init(_ configuration: MySQLConfiguration, limit: Int = 4, waitLimit: Duration = .seconds(30)) {
        self.configuration = configuration
        self.limit = max(1, limit)
        self.waitLimit = waitLimit
    }

    /// Lends a connection outside of any transaction: each statement commits by itself.
    ///
    /// With a policy the body is run again after a passing failure, so running it twice must be as good as once.
    public func withConnection<Value: Sendable>(
        retrying policy: MySQLRetryPolicy = .never, _ body: @Sendable (MySQLTransaction) async throws -> Value
    ) async throws -> Value {
        try await attempts(policy, doubt: .fail) { connection in
            try await body(MySQLTransaction(connection: connection))
        }
    }

    /// Runs a body in a transaction and commits it; whatever it throws rolls it back.
    /// - Throws: what the body throws; `MySQLError` when the tries are used up.
    public func transaction<Value: Sendable>(
        retrying policy: MySQLRetryPolicy = .standard, whenCommitIsInDoubt doubt: CommitDoubt = .fail,
        _ body: @Sendable (MySQLTransaction) async throws -> Value
    ) async throws -> Value {
        try await attempts(policy, doubt: doubt) { connection in
            try await Self.run(body, on: connection, snapshot: false)
        }
    }

    /// Runs a body of reads that all see the same instant of the database.
    public func snapshot<Value: Sendable>(
        retrying policy: MySQLRetryPolicy = .standard, _ body: @Sendable (MySQLTransaction) async throws -> Value
    ) async throws -> Value {
        try await attempts(policy, doubt: .runAgain) { connection in
            try await Self.run(body, on: connection, snapshot: true)
        }
    }

    /// Closes idle connections and refuses to lend more; what is lent is closed when it comes back.
    public func close() async {
        isClosed = true
        let resting = idle
        idle = []
        for waiter in waiters { waiter.continuation.resume(throwing: Self.closedError(configuration)) }
        waiters = []
        for entry in resting { await entry.connection.close() }
    }

    // MARK: Attempts

    private static func run<Value: Sendable>(
        _ body: @Sendable (MySQLTransaction) async throws -> Value, on connection: MySQLConnection, snapshot: Bool
    ) async throws -> Value {
        try await connection.begin(snapshot: snapshot)
        let value: Value
        do {
            value = try await body(MySQLTransaction(connection: connection))
        } catch {
            await connection.rollback()
            throw error
        }
        do {
            try await connection.commit()
        } catch {
            await connection.rollback()
            throw error
        }
        return value
    }

    private func attempts<Value: Sendable>(
        _ policy: MySQLRetryPolicy, doubt: CommitDoubt, _ body: @Sendable (MySQLConnection) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                let connection = try await checkOut()
                do {
                    let value = try await body(connection)
                    await checkIn(connection)
                    return value
                } catch {
                    await checkIn(connection)
                    throw error
                }
            } catch let error as MySQLError
                where attempt < policy.attempts && mayRunAgain(after: error, doubt: doubt)
            {
                try await Task.sleep(for: policy.pause(after: attempt, jitter: .random(in: 0...1)))
                attempt += 1
            }
        }
    }

    /// A server that was never reached is reported at once: the address is likely wrong. One that was is waited for.
    private func mayRunAgain(after error: MySQLError, doubt: CommitDoubt) -> Bool {
        switch error.kind {
        case .connect: error.isUnreachable && hasConnected
        case .statement: error.isTransient || error.isConnectionLost
        case .commitOutcomeUnknown:
            switch doubt {
            case .fail: false
            case .runAgain: true
            }
        case .configuration, .unexpectedValue, .poolExhausted, .unsupportedServer: false
        }
    }

    // MARK: Lending

    private func checkOut() async throws -> MySQLConnection {
        try await takePlace()
        do {
            while let entry = idle.popLast() {
                if clock.now - entry.since <= Self.restWithoutCheck { return entry.connection }
                if await entry.connection.ping() { return entry.connection }
                await entry.connection.close()
            }
            let connection = try await MySQLConnection.open(configuration, log: log)
            hasConnected = true
            return connection
        } catch {
            givePlace()
            throw error
        }
    }

    private func checkIn(_ connection: MySQLConnection) async {
        if await connection.isBroken || isClosed {
            await connection.close()
            // What broke one connection has most likely broken those at rest.
            let resting = idle
            idle = []
            for entry in resting { await entry.connection.close() }
        } else {
            idle.append(Idle(connection: connection, since: clock.now))
        }
        givePlace()
    }

    private func takePlace() async throws {
        guard !isClosed else { throw Self.closedError(configuration) }
        if lent < limit {
            lent += 1
            return
        }
        nextWaiter += 1
        let id = nextWaiter
        let timer = Task { [waitLimit] in
            try await Task.sleep(for: waitLimit)
            self.giveUp(
                id,
                MySQLError(
                    kind: .poolExhausted, message: "no database connection became free within \(waitLimit)",
                    target: self.configuration.description))
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.giveUp(id, CancellationError()) }
        }
    }

    /// Hands the place to who waits longest, or frees it.
    private func givePlace() {
        if waiters.isEmpty {
            lent -= 1
        } else {
            waiters.removeFirst().continuation.resume()
        }
    }

    private func giveUp(_ id: UInt64, _ error: any Error) {
        guard let position = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: position).continuation.resume(throwing: error)
    }

    private static func closedError(_ configuration: MySQLConfiguration) -> MySQLError {
        MySQLError(
            kind: .poolExhausted, message: "the pool of database connections is closed",
            target: configuration.description)
    }
}
