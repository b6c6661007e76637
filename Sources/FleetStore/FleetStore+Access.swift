import FleetModel
import LibMySQL

/// A user's group in a region, as it was written last.
public struct UserGroup: Hashable, Sendable {
    /// EC2's id.
    public var groupID: String
    /// Its rules.
    public var spec: SecurityGroupSpec
}

extension FleetStore {
    /// A user's groups in all regions.
    public func groups(fleetID: Int64, user: String) async throws -> [UserGroup] {
        try await read(
            "SELECT group_id, definition FROM security_groups WHERE fleet_id = ? AND user_email = ? ORDER BY region",
            [.int(fleetID), .string(User.key(user))]
        ) { row throws(MySQLError) in
            UserGroup(groupID: try row.get(0), spec: try Self.definition(row, at: 1))
        }
    }

    /// A user as applied last; nil where none of this address is recorded.
    public func user(fleetID: Int64, email: String) async throws -> User? {
        let users: [User] = try await read(
            "SELECT definition FROM users WHERE fleet_id = ? AND email = ?", [.int(fleetID), .string(User.key(email))]
        ) { row throws(MySQLError) in try Self.definition(row, at: 0) }
        return users.first
    }

    /// A user's grants, ended ones too.
    public func grants(fleetID: Int64, user: String) async throws -> [AddressGrant] {
        try await read(
            "SELECT user_email, source, until_at FROM user_grants WHERE fleet_id = ? AND user_email = ?",
            [.int(fleetID), .string(User.key(user))], decode: Self.grant)
    }

    /// Users with grants that have ended.
    public func usersWithEndedGrants(fleetID: Int64, now: Instant) async throws -> [String] {
        try await read(
            "SELECT DISTINCT user_email FROM user_grants WHERE fleet_id = ? AND until_at <= ? ORDER BY user_email",
            [.int(fleetID), MySQLValue(now)]
        ) { row throws(MySQLError) in try row.get(0) }
    }

    /// Deletes grants that have ended by a time: one that was prolonged meanwhile stays.
    public func deleteGrants(_ grants: [AddressGrant], endedAt now: Instant, fleetID: Int64) async throws {
        guard !grants.isEmpty else { return }
        try await transaction { transaction in
            for grant in grants {
                try await transaction.execute(
                    "DELETE FROM user_grants WHERE fleet_id = ? AND user_email = ? AND source = ? AND until_at <= ?",
                    [
                        .int(fleetID), .string(User.key(grant.user)), .string(grant.source.description),
                        MySQLValue(now),
                    ])
            }
        }
    }

    @Sendable static func grant(_ row: MySQLRow) throws(MySQLError) -> AddressGrant {
        let text: String = try row.get(1)
        guard let source = try? CIDR(parsing: text) else {  // its own error holds no more than this
            throw MySQLError.unexpectedValue("column 'source' holds no block of addresses")
        }
        return AddressGrant(user: try row.get(0), source: source, until: try row.instant(at: 2))
    }
}
