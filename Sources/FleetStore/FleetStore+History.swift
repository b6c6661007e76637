import FleetModel
import LibMySQL

extension FleetStore {
    /// Steps that were begun and not settled, oldest first.
    public func openSteps(fleetID: Int64) async throws -> [Step] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await Self.openSteps(.int(fleetID), in: connection)
        }
    }

    /// Open steps of these instances, oldest first; one statement for hundreds of them.
    public func openSteps(fleetID: Int64, instances: [String]) async throws -> [Step] {
        var found: [Step] = []
        for names in instances.batches(of: MultiRowInsert.rowsPerStatement) {
            found += try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query(
                    "SELECT \(Self.stepColumns) FROM steps WHERE fleet_id = ? AND outcome = ? "
                        + "AND address IN (\(MultiRowInsert.list(names.count))) ORDER BY seq",
                    [.int(fleetID), .string(Step.Outcome.open.rawValue)]
                        + names.map { .string(Address.instance($0).description) }, decode: Self.step)
            }
        }
        return found
    }

    /// The steps of an apply, oldest first.
    public func steps(fleetID: Int64, apply: Int64) async throws -> [Step] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(Self.stepColumns) FROM steps WHERE fleet_id = ? AND apply_id = ? ORDER BY seq",
                [.int(fleetID), .int(apply)], decode: Self.step)
        }
    }

    /// Sessions that a filter lets through, the latest first.
    public func sessions(fleetID: Int64, filter: SessionFilter = SessionFilter()) async throws -> [Session] {
        let (condition, arguments) = filter.condition
        return try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(Self.sessionColumns) FROM sessions WHERE fleet_id = ?\(condition) "
                    + "ORDER BY scheduled_for DESC, id DESC LIMIT ?",
                [.int(fleetID)] + arguments + [.int(Int64(filter.limit))], decode: Self.session)
        }
    }

    /// Events in the order in which they were written: the newest `limit`, or with `after` the next `limit` after that one.
    public func events(fleetID: Int64, limit: Int = 100, after id: Int64? = nil) async throws -> [RecordedEvent] {
        let columns = "id, created_at, type, subject, payload"
        return try await pool.withConnection(retrying: .standard) { connection in
            if let id {
                return try await connection.query(
                    "SELECT \(columns) FROM events WHERE fleet_id = ? AND id > ? ORDER BY id LIMIT ?",
                    [.int(fleetID), .int(id), .int(Int64(limit))], decode: RecordedEvent.init)
            }
            return try await connection.query(
                "SELECT \(columns) FROM events WHERE fleet_id = ? ORDER BY id DESC LIMIT ?",
                [.int(fleetID), .int(Int64(limit))], decode: RecordedEvent.init
            ).reversed()
        }
    }

    /// Applies, the latest first.
    public func applies(fleetID: Int64, limit: Int = 20) async throws -> [RecordedApply] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT id, author, operator_name, commit_id, dirty, summary, outcome, error, started_at, finished_at "
                    + "FROM applies WHERE fleet_id = ? ORDER BY id DESC LIMIT ?",
                [.int(fleetID), .int(Int64(limit))], decode: RecordedApply.init)
        }
    }

    /// The newest pending session of each instance, by its name.
    static func pendingSessions(
        _ fleetID: MySQLValue, in transaction: MySQLTransaction
    ) async throws -> [String: Session] {
        let pending = try await transaction.query(
            "SELECT \(sessionColumns) FROM sessions WHERE fleet_id = ? AND outcome = 'pending' ORDER BY scheduled_for, id",
            [fleetID], decode: session)
        return Dictionary(pending.map { ($0.instance, $0) }, uniquingKeysWith: { _, newer in newer })
    }

    // MARK: Rows

    static let sessionColumns =
        "instance, deployment, user_email, action, scheduled_for, executed_at, outcome, attempts, source, error, "
        + "called_at, next_attempt_at, apply_id"

    private static let stepColumns =
        "id, apply_id, address, action, region, request, client_token, outcome, result, error"

    static func openSteps(_ fleetID: MySQLValue, in transaction: MySQLTransaction) async throws -> [Step] {
        try await transaction.query(
            "SELECT \(stepColumns) FROM steps WHERE fleet_id = ? AND outcome = ? ORDER BY seq",
            [fleetID, .string(Step.Outcome.open.rawValue)], decode: step)
    }

    @Sendable private static func step(_ row: MySQLRow) throws(MySQLError) -> Step {
        let text: String = try row.get(2)
        guard let address = Address(text) else {
            throw MySQLError.unexpectedValue("column 'address' holds no address")
        }
        return Step(
            id: try row.get(0), apply: try row.get(1), address: address, action: try row.get(3), region: try row.get(4),
            request: try row.get(5), clientToken: try row.get(6), outcome: try row.decode(Step.Outcome.self, at: 7),
            result: try row.get(8), error: try row.get(9))
    }

    @Sendable static func session(_ row: MySQLRow) throws(MySQLError) -> Session {
        let scheduled: MySQLDateTime = try row.get(4)
        return Session(
            instance: try row.get(0), deployment: try row.get(1), user: try row.get(2),
            action: try row.decode(Session.Action.self, at: 3), scheduledFor: scheduled.instant,
            executedAt: try row.instant(at: 5), outcome: try row.decode(Session.Outcome.self, at: 6),
            attempts: try row.get(7), source: try row.decode(Session.Source.self, at: 8), error: try row.get(9),
            calledAt: try row.instant(at: 10), nextAttemptAt: try row.instant(at: 11),
            apply: try row.get(12))
    }
}
