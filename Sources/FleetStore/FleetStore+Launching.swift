import FleetModel
import LibMySQL

/// What launches take from the records besides instances' own rows.
public struct LaunchRecords: Sendable {
    /// By name.
    public var regions: [String: Region] = [:]
    /// By name.
    public var bots: [String: Bot] = [:]
    /// The ids of groups, by `security_group.REGION/EMAIL`.
    public var groups: [Address: String] = [:]
    /// The names of key pairs, by `key_pair.REGION/EMAIL`.
    public var keys: [Address: String] = [:]
}

extension FleetStore {
    /// What launches in these regions of these bots need; four statements, whatever the number of instances.
    public func launchRecords(fleetID: Int64, regions: Set<String>, bots: Set<String>) async throws -> LaunchRecords {
        guard !regions.isEmpty else { return LaunchRecords() }
        let places = MultiRowInsert.list(regions.count)
        let fleetAndRegions: [MySQLValue] = [.int(fleetID)] + regions.sorted().map { .string($0) }
        return try await pool.snapshot { transaction in
            var records = LaunchRecords()
            for row in try await transaction.query(
                "SELECT name, definition FROM regions WHERE fleet_id = ? AND name IN (\(places))", fleetAndRegions)
            {
                records.regions[try row.get(0)] = try CanonicalJSON.decode(Region.self, from: try row.get(1))
            }
            if !bots.isEmpty {
                for row in try await transaction.query(
                    "SELECT name, definition FROM bots WHERE fleet_id = ? AND name IN (\(MultiRowInsert.list(bots.count)))",
                    [.int(fleetID)] + bots.sorted().map { .string($0) })
                {
                    records.bots[try row.get(0)] = try CanonicalJSON.decode(Bot.self, from: try row.get(1))
                }
            }
            for row in try await transaction.query(
                "SELECT region, user_email, group_id FROM security_groups WHERE fleet_id = ? AND region IN (\(places))",
                fleetAndRegions)
            {
                records.groups[.securityGroup(region: try row.get(0), user: try row.get(1))] = try row.get(2) as String
            }
            for row in try await transaction.query(
                "SELECT region, user_email, key_name FROM key_pairs WHERE fleet_id = ? AND region IN (\(places))",
                fleetAndRegions)
            {
                records.keys[.keyPair(region: try row.get(0), user: try row.get(1))] = try row.get(2) as String
            }
            return records
        }
    }
}
