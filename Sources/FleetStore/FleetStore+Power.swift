import FleetModel
import LibMySQL

extension FleetStore {
    /// The deployments of these names, and those of the instances of these names, with all that explains their power.
    public func deployments(fleetID: Int64, named names: [String]) async throws -> [DueDeployment] {
        guard !names.isEmpty else { return [] }
        let places = MultiRowInsert.list(names.count)
        let values = names.map { MySQLValue.string($0) }
        return try await pool.snapshot { transaction in
            try await Self.dueDeployments(
                where: "(name IN (\(places)) OR name IN (SELECT deployment FROM instances WHERE fleet_id = ? "
                    + "AND name IN (\(places)) AND managed = 1))",
                values + [.int(fleetID)] + values, fleetID: fleetID, in: transaction)
        }
    }

    /// Records what people ask of instances' power, in one transaction: overrides, and a session for each start or stop.
    ///
    /// Pending sessions of an instance are superseded by its new one; the deployment's next transition is at the override's
    /// end at the latest. Nothing is done in AWS by it.
    ///
    /// `readAt` is the time at which the deployments were read that the requests follow from. Returns false, and writes
    /// nothing, where a tick has moved one of their cursors past it: the requests are to be made anew.
    public func record(_ requests: [PowerRequest], fleetID: Int64, readAt: Instant) async throws -> Bool {
        guard !requests.isEmpty else { return true }
        let token = try Token.random()
        return try await transaction { transaction in
            let names = Set(requests.map(\.deployment)).sorted()
            let cursors = try await transaction.query(
                "SELECT cursor_at FROM deployments WHERE fleet_id = ? AND name IN (\(MultiRowInsert.list(names.count))) "
                    + "ORDER BY name FOR UPDATE", [.int(fleetID)] + names.map { .string($0) }
            ) { row throws(MySQLError) in try row.instant(at: 0) }
            guard cursors.count == names.count, cursors.allSatisfy({ $0.map { $0 <= readAt } ?? false }) else {
                return false
            }
            let writer = DueWriter(transaction: transaction, fleetID: fleetID, token: token)
            try await writer.write(sessions: requests.compactMap(\.session))
            let puts = requests.compactMap(\.override)
            try await transaction.insert(
                Upsert.overrides.head,
                rows: puts.map {
                    [
                        .int(fleetID), .string($0.instance), .string($0.state.rawValue), MySQLValue($0.until),
                        MySQLValue($0.author),
                    ]
                }, Upsert.overrides.tail)
            for request in requests where request.override == nil {
                try await transaction.execute(
                    "DELETE FROM power_overrides WHERE fleet_id = ? AND instance = ?",
                    [.int(fleetID), .string(request.instance)])
            }
            let ends = Dictionary(
                requests.compactMap { request in request.override?.until.map { (request.deployment, $0) } },
                uniquingKeysWith: { min($0, $1) })
            for (deployment, end) in ends.sorted(by: { $0.key < $1.key }) {
                try await transaction.execute(
                    "UPDATE deployments SET next_transition_at = LEAST(COALESCE(next_transition_at, ?), ?) "
                        + "WHERE fleet_id = ? AND name = ?",
                    [MySQLValue(end), MySQLValue(end), .int(fleetID), .string(deployment)])
            }
            return true
        }
    }
}

extension FleetStore {
    /// The rows of these instances, in any order; one statement for hundreds of them.
    public func instances(fleetID: Int64, names: [String]) async throws -> [RecordedInstance] {
        var found: [RecordedInstance] = []
        for batch in names.batches(of: MultiRowInsert.rowsPerStatement) {
            found += try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query(
                    "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ? "
                        + "AND name IN (\(MultiRowInsert.list(batch.count)))",
                    [.int(fleetID)] + batch.map { .string($0) }
                ) { row throws(MySQLError) in try InstanceRow.decode(row) }
            }
        }
        return found
    }

    /// The rows of these machines of a region, by EC2's ids, in any order.
    public func instances(fleetID: Int64, region: String, ids: [String]) async throws -> [RecordedInstance] {
        var found: [RecordedInstance] = []
        for batch in ids.batches(of: MultiRowInsert.rowsPerStatement) {
            found += try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query(
                    "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ? "
                        + "AND region = ? AND instance_id IN (\(MultiRowInsert.list(batch.count)))",
                    [.int(fleetID), .string(region)] + batch.map { .string($0) }
                ) { row throws(MySQLError) in try InstanceRow.decode(row) }
            }
        }
        return found
    }

    /// The e-mail addresses of a fleet's users, in lower case.
    public func userKeys(fleetID: Int64) async throws -> Set<String> {
        Set(
            try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query("SELECT email FROM users WHERE fleet_id = ?", [.int(fleetID)]) {
                    row throws(MySQLError) in try row.get(0) as String
                }
            })
    }

    /// All instances in a region, the unmanaged too, by name.
    public func instances(fleetID: Int64, region: String) async throws -> [RecordedInstance] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ? AND region = ? ORDER BY name",
                [.int(fleetID), .string(region)]
            ) { row throws(MySQLError) in try InstanceRow.decode(row) }
        }
    }

    /// The deployments of a region whose schedule says `enforce`.
    public func enforcedDeployments(fleetID: Int64, region: String) async throws -> [DueDeployment] {
        try await pool.snapshot { transaction in
            // The text narrows it down in the database; the value decides.
            try await Self.dueDeployments(
                where: "region = ? AND schedule IN (SELECT name FROM schedules WHERE fleet_id = ? "
                    + "AND definition LIKE '%\"enforce\":true%')",
                [.string(region), .int(fleetID)], fleetID: fleetID, in: transaction)
        }.filter { $0.schedule?.enforce == true }
    }

    /// Records sessions for instances that have no pending session: one that has is on its way already. Returns how many were
    /// recorded.
    public func record(unlessPending sessions: [Session], fleetID: Int64, under leases: [Lease]) async throws -> Int {
        guard !sessions.isEmpty else { return 0 }
        let token = try Token.random()
        return try await transaction { transaction in
            let names = sessions.map(\.instance)
            var busy: Set<String> = []
            for batch in names.batches(of: MultiRowInsert.rowsPerStatement) {
                for row in try await transaction.query(
                    "SELECT instance FROM sessions WHERE fleet_id = ? AND outcome = 'pending' "
                        + "AND instance IN (\(MultiRowInsert.list(batch.count)))",
                    [.int(fleetID)] + batch.map { .string($0) })
                {
                    busy.insert(try row.get(0))
                }
            }
            let wanted = sessions.filter { !busy.contains($0.instance) }
            try await DueWriter(transaction: transaction, fleetID: fleetID, token: token).write(sessions: wanted)
            try await RecordWriter(transaction: transaction, fleetID: fleetID, token: token).requireLeases(leases)
            return wanted.count
        }
    }
}
