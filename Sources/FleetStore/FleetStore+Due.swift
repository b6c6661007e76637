import FleetModel
import LibMySQL

/// Due work: what is due next is an indexed column, so a minute with nothing due costs the same for any fleet.
extension FleetStore {
    /// The names of deployments in these regions whose next transition has come, the longest due first; one statement.
    public func dueDeployments(fleetID: Int64, regions: [String], now: Instant, limit: Int) async throws -> [String] {
        guard !regions.isEmpty else { return [] }
        return try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT name FROM deployments WHERE fleet_id = ? AND region IN (\(MultiRowInsert.list(regions.count))) "
                    + "AND next_transition_at <= ? ORDER BY next_transition_at, name LIMIT ?",
                [.int(fleetID)] + regions.map { .string($0) } + [MySQLValue(now), .int(Int64(limit))]
            ) { row throws(MySQLError) in try row.get(0) }
        }
    }

    /// Moves the cursors of due deployments and records their transitions as sessions, in one transaction under leases.
    ///
    /// The rows are read and locked in the transaction: one that another moved meanwhile is not due any more and is left out.
    /// A session that is there already stays as it is, so a transition has one session however often this runs. Pending
    /// sessions of an instance that gets a new one are superseded by it, and overrides that have ended go.
    /// Returns how many transitions were recorded.
    /// - Parameter decide: what becomes of each deployment; pure, as it may be asked twice.
    public func advanceCursors(
        of names: [String], fleetID: Int64, now: Instant, under leases: [Lease],
        decide: @Sendable ([DueDeployment]) throws -> [CursorAdvance]
    ) async throws -> Int {
        let token = try Token.random()
        return try await transaction { transaction in
            let due = try await Self.lockDue(names, fleetID: fleetID, now: now, in: transaction)
            let advances = try decide(due)
            let writer = DueWriter(transaction: transaction, fleetID: fleetID, token: token)
            try await writer.write(advances)
            try await RecordWriter(transaction: transaction, fleetID: fleetID, token: token).requireLeases(leases)
            return advances.reduce(0) { $0 + $1.sessions.count }
        }
    }

    /// Starts or stops that are pending in these regions and may be tried now, or whose call is under way, with their
    /// instances; the longest waiting first; one statement.
    public func pendingSessions(
        fleetID: Int64, action: Session.Action, regions: [String], now: Instant, limit: Int
    ) async throws -> [PendingSession] {
        guard !regions.isEmpty else { return [] }
        return try await pendingSessions(
            fleetID: fleetID,
            // What an apply decided is its own to carry out while it lives; once its lease has run out, it is the runner's.
            where: "s.action = ? AND i.region IN (\(MultiRowInsert.list(regions.count))) "
                + "AND (s.apply_id IS NULL OR NOT EXISTS (SELECT 1 FROM leases l WHERE l.fleet_id = s.fleet_id "
                + "AND l.name = 'apply' AND l.expires_at > UTC_TIMESTAMP(6))) "
                + "AND (s.next_attempt_at IS NULL OR s.next_attempt_at <= ? OR s.called_at IS NOT NULL)",
            [.string(action.rawValue)] + regions.map { .string($0) } + [MySQLValue(now)], limit: limit)
    }

    /// The pending sessions of these instances, read anew: what another did meanwhile is seen.
    public func pendingSessions(fleetID: Int64, instances: [String]) async throws -> [PendingSession] {
        var found: [PendingSession] = []
        for batch in instances.batches(of: MultiRowInsert.rowsPerStatement) {
            found += try await pendingSessions(
                fleetID: fleetID, where: "s.instance IN (\(MultiRowInsert.list(batch.count)))",
                batch.map { .string($0) }, limit: batch.count * 4)
        }
        return found
    }

    private func pendingSessions(
        fleetID: Int64, where condition: String, _ arguments: [MySQLValue], limit: Int
    ) async throws -> [PendingSession] {
        let sessionColumns = Self.sessionColumns.split(separator: ",")
            .map { "s.\($0.trimmingPrefix(while: { $0 == " " }))" }
        let instanceColumns = InstanceRow.columns.split(separator: ",")
            .map { "i.\($0.trimmingPrefix(while: { $0 == " " }))" }
        let columns = (sessionColumns + instanceColumns).joined(separator: ", ")
        let rows = try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(columns) FROM sessions s JOIN instances i ON i.fleet_id = s.fleet_id AND i.name = s.instance "
                    + "WHERE s.fleet_id = ? AND s.outcome = 'pending' AND \(condition) "
                    + "ORDER BY s.scheduled_for, s.id LIMIT ?",
                [.int(fleetID)] + arguments + [.int(Int64(limit))]
            ) { row throws(MySQLError) in
                PendingSession(
                    session: try Self.session(row), instance: try InstanceRow.decode(row, from: sessionColumns.count))
            }
        }
        // The newest of an instance is what is wanted; an older one that is still pending is superseded by the next tick.
        var newest: [String: Int] = [:]
        for (index, row) in rows.enumerated() { newest[row.instance.name] = index }
        return rows.enumerated().filter { newest[$1.instance.name] == $0 }.map(\.element)
    }

    // MARK: Reading in the transaction

    private static func lockDue(
        _ names: [String], fleetID: Int64, now: Instant, in transaction: MySQLTransaction
    ) async throws -> [DueDeployment] {
        guard !names.isEmpty else { return [] }
        return try await dueDeployments(
            where: "name IN (\(MultiRowInsert.list(names.count))) AND next_transition_at <= ?",
            names.map { .string($0) } + [MySQLValue(now)], suffix: "FOR UPDATE", fleetID: fleetID, in: transaction)
    }

    /// Deployments with their users, schedules, instances and overrides; four statements, whatever their number.
    static func dueDeployments(
        where condition: String, _ arguments: [MySQLValue], suffix: String = "", fleetID: Int64,
        in transaction: MySQLTransaction
    ) async throws -> [DueDeployment] {
        let rows = try await transaction.query(
            "SELECT name, user_email, schedule, region, cursor_at, definition FROM deployments "
                + "WHERE fleet_id = ? AND \(condition) ORDER BY name \(suffix)", [.int(fleetID)] + arguments)
        guard !rows.isEmpty else { return [] }
        let found = try rows.map { row throws(MySQLError) -> String in try row.get(0) }
        let places = MultiRowInsert.list(found.count)
        let named: [MySQLValue] = [.int(fleetID)] + found.map { .string($0) }
        let emails = Set(try rows.map { row throws(MySQLError) -> String in try row.get(1) })
        let schedules = Set(try rows.compactMap { row throws(MySQLError) -> String? in try row.get(2) })
        let users = try await definitions(of: User.self, "users", "email", emails, fleetID, transaction)
        let known = try await definitions(of: Schedule.self, "schedules", "name", schedules, fleetID, transaction)
        var instances: [String: [RecordedInstanceState]] = [:]
        var overrides: [String: [String: PowerOverride]] = [:]
        for row in try await transaction.query(
            "SELECT i.deployment, i.name, i.state, o.state, o.until_at, o.author FROM instances i "
                + "LEFT JOIN power_overrides o ON o.fleet_id = i.fleet_id AND o.instance = i.name "
                + "WHERE i.fleet_id = ? AND i.deployment IN (\(places)) AND i.managed = 1 ORDER BY i.name", named)
        {
            let deployment: String = try row.get(0)
            let name: String = try row.get(1)
            instances[deployment, default: []].append(
                RecordedInstanceState(name: name, state: try row.decode(InstanceState.self, at: 2)))
            let state: String? = try row.get(3)
            if let state = state.flatMap({ PowerState(rawValue: $0) }) {
                overrides[deployment, default: [:]][name] = PowerOverride(
                    instance: name, state: state, until: try row.instant(at: 4), author: try row.get(5))
            }
        }
        return try rows.map { row in
            let name: String = try row.get(0)
            let schedule: String? = try row.get(2)
            guard let user = users[try row.get(1)] else {
                throw StoreError(.unreadable, "deployment '\(name)' is recorded for a user who is not")
            }
            let cursor: MySQLDateTime = try row.get(4)
            return DueDeployment(
                deployment: try CanonicalJSON.decode(Deployment.self, from: try row.get(5)), region: try row.get(3),
                cursor: cursor.instant, user: user, schedule: schedule.flatMap { known[$0] },
                instances: instances[name] ?? [], overrides: overrides[name] ?? [:])
        }
    }

    private static func definitions<Value: Decodable>(
        of type: Value.Type, _ table: String, _ key: String, _ keys: Set<String>, _ fleetID: Int64,
        _ transaction: MySQLTransaction
    ) async throws -> [String: Value] {
        guard !keys.isEmpty else { return [:] }
        var values: [String: Value] = [:]
        for row in try await transaction.query(
            "SELECT \(key), definition FROM \(table) WHERE fleet_id = ? AND \(key) IN (\(MultiRowInsert.list(keys.count)))",
            [.int(fleetID)] + keys.sorted().map { .string($0) })
        {
            values[try row.get(0)] = try CanonicalJSON.decode(Value.self, from: try row.get(1))
        }
        return values
    }
}

/// Writes what a tick decided, in as few statements as it takes.
struct DueWriter: Sendable {
    let transaction: MySQLTransaction
    let fleetID: Int64
    let token: String

    private var writer: RecordWriter { RecordWriter(transaction: transaction, fleetID: fleetID, token: token) }

    func write(_ advances: [CursorAdvance]) async throws {
        guard !advances.isEmpty else { return }
        try await write(sessions: advances.flatMap(\.sessions))
        try await moveCursors(advances)
        // Only what these cursors have passed: the end of another deployment's override is still to be recorded.
        for (cursor, group) in Dictionary(grouping: advances, by: \.cursor) {
            try await writer.inBatches(group.map(\.deployment)) { batch in
                try await transaction.execute(
                    "DELETE o FROM power_overrides o JOIN instances i ON i.fleet_id = o.fleet_id AND i.name = o.instance "
                        + "WHERE o.fleet_id = ? AND i.deployment IN (\(MultiRowInsert.list(batch.count))) "
                        + "AND o.until_at <= ?",
                    [.int(fleetID)] + batch.map { .string($0) } + [MySQLValue(cursor)])
            }
        }
    }

    /// Writes new sessions with their events, and supersedes what was pending of their instances.
    func write(sessions: [Session]) async throws {
        let instances = Set(sessions.map(\.instance)).sorted()
        try await writer.inBatches(instances) { batch in
            let places = MultiRowInsert.list(batch.count)
            let names: [MySQLValue] = batch.map { .string($0) }
            try await transaction.execute(
                "UPDATE sessions SET outcome = 'superseded', called_at = NULL, next_attempt_at = NULL "
                    + "WHERE fleet_id = ? AND outcome = 'pending' AND instance IN (\(places))", [.int(fleetID)] + names)
        }
        // A session that is there keeps what came of it, but for one that was superseded a statement ago and is wanted.
        try await transaction.insert(
            Upsert.sessions.head, rows: sessions.map { EncodedPass.session($0, fleet: .int(fleetID)) },
            "ON DUPLICATE KEY UPDATE outcome = IF(outcome = 'superseded', VALUES(outcome), outcome)")
        try await writer.writeEvents(
            try sessions.map(\.event).map { event in
                [.string(event.type), .string(event.subject), .string(try CanonicalJSON.encode(event.payload))]
            }, first: 0)
    }

    private func moveCursors(_ advances: [CursorAdvance]) async throws {
        try await writer.inBatches(advances) { batch in
            let cases = repeatElement("WHEN ? THEN CAST(? AS DATETIME(6))", count: batch.count).joined(separator: " ")
            var arguments: [MySQLValue] = batch.flatMap { [.string($0.deployment), MySQLValue($0.cursor)] }
            arguments += batch.flatMap { [.string($0.deployment), MySQLValue($0.next)] }
            arguments.append(.int(fleetID))
            arguments += batch.map { .string($0.deployment) }
            try await transaction.execute(
                "UPDATE deployments SET cursor_at = CASE name \(cases) END, next_transition_at = CASE name \(cases) END "
                    + "WHERE fleet_id = ? AND name IN (\(MultiRowInsert.list(batch.count)))", arguments)
        }
    }
}
