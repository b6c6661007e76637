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
    public func record(_ requests: [PowerRequest], fleetID: Int64) async throws {
        guard !requests.isEmpty else { return }
        let token = try Token.random()
        try await transaction { transaction in
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
        }
    }
}
