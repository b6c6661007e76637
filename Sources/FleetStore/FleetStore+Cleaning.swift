import FleetModel
import LibMySQL

/// Something of the fleet in AWS that nothing uses.
public struct Leftover: Hashable, Sendable {
    /// What it is: a security group or a key pair.
    public enum Kind: String, Hashable, Sendable {
        case securityGroup = "security_group"
        case keyPair = "key_pair"
    }

    /// What it is.
    public var kind: Kind
    /// The group's id, or the pair's name.
    public var id: String
    /// Since when it is known to be unused.
    public var unusedSince: Instant

    /// A leftover as it was found.
    public init(kind: Kind, id: String, unusedSince: Instant) {
        self.kind = kind
        self.id = id
        self.unusedSince = unusedSince
    }
}

/// Who uses the groups and keys of a region, as recorded.
public struct SharedUse: Sendable {
    /// Users with a deployment, or a managed instance, in the region; by ``User/key(_:)``.
    public var users: Set<String> = []
    /// The recorded group of each user there.
    public var groups: [String: String] = [:]
    /// The recorded key pair of each user there.
    public var keys: [String: String] = [:]
}

/// Old history that ``FleetStore/purge(_:fleetID:retention:now:)`` deletes.
public enum Purge: String, Sendable, CaseIterable {
    /// Starts and stops that are not pending.
    case sessions
    /// Events that no sink waits for.
    case events
    /// Settled steps.
    case steps
    /// Jobs that ended.
    case jobs
    /// Upload lists that were read, and are not in the bucket any more.
    case uploadLists
    /// Results of instances that are not recorded any more.
    case objects
}

extension FleetStore {
    /// How long it is known that an upload list was read; the lists themselves go before.
    public static let uploadListDays = 8

    /// Who uses a region's groups and keys.
    public func sharedUse(fleetID: Int64, region: String) async throws -> SharedUse {
        let place: [MySQLValue] = [.int(fleetID), .string(region)]
        return try await pool.snapshot { transaction in
            var use = SharedUse()
            let users = try await transaction.query(
                "SELECT user_email FROM deployments WHERE fleet_id = ? AND region = ? UNION "
                    + "SELECT user_email FROM instances WHERE fleet_id = ? AND region = ? AND managed = 1",
                place + place)
            for row in users { use.users.insert(try row.get(0)) }
            for row in try await transaction.query(
                "SELECT user_email, group_id FROM security_groups WHERE fleet_id = ? AND region = ?", place)
            {
                use.groups[try row.get(0)] = try row.get(1)
            }
            for row in try await transaction.query(
                "SELECT user_email, key_name FROM key_pairs WHERE fleet_id = ? AND region = ?", place)
            {
                use.keys[try row.get(0)] = try row.get(1)
            }
            return use
        }
    }

    /// Records what a region has that nothing uses: what is new since `now`, what is used or gone no more. Gives all of them.
    public func record(
        leftovers: [(kind: Leftover.Kind, id: String)], fleetID: Int64, region: String, now: Instant
    ) async throws -> [Leftover] {
        let place: [MySQLValue] = [.int(fleetID), .string(region)]
        let known = try await read(
            "SELECT kind, resource_id, unused_since FROM leftovers WHERE fleet_id = ? AND region = ?", place
        ) { row throws(MySQLError) in
            let since: MySQLDateTime = try row.get(2)
            return Leftover(
                kind: try row.decode(Leftover.Kind.self, at: 0), id: try row.get(1), unusedSince: since.instant)
        }
        let times = Dictionary(known.map { ([$0.kind.rawValue, $0.id], $0.unusedSince) }) { first, _ in first }
        let found = leftovers.map { item in
            Leftover(kind: item.kind, id: item.id, unusedSince: times[[item.kind.rawValue, item.id]] ?? now)
        }
        guard Set(found) != Set(known) else { return found }
        try await transaction { transaction in
            try await transaction.execute("DELETE FROM leftovers WHERE fleet_id = ? AND region = ?", place)
            try await transaction.insert(
                "INSERT INTO leftovers (fleet_id, region, kind, resource_id, unused_since) VALUES",
                rows: found.map { place + [.string($0.kind.rawValue), .string($0.id), MySQLValue($0.unusedSince)] },
                "ON DUPLICATE KEY UPDATE unused_since = VALUES(unused_since)")
        }
        return found
    }

    /// Deletes a batch of what is older than `retention` says; returns how many rows, a full batch where there may be more.
    public func purge(_ purge: Purge, fleetID: Int64, retention: Retention, now: Instant) async throws -> Int {
        let fleet = MySQLValue.int(fleetID)
        let age = { (span: TimeSpan) in "UTC_TIMESTAMP(6) - INTERVAL \(span.seconds) SECOND" }
        let condition: String
        var arguments = [fleet]
        switch purge {
        case .sessions:
            // By the fleet's clock, as they were scheduled.
            condition = "sessions WHERE fleet_id = ? AND outcome <> 'pending' AND scheduled_for < ?"
            arguments.append(MySQLValue(now - retention.sessions.seconds))
        case .events:
            condition =
                "events WHERE fleet_id = ? AND created_at < \(age(retention.events)) AND NOT EXISTS (SELECT 1 FROM "
                + "event_deliveries d WHERE d.event_id = events.id AND d.outcome = 'pending')"
        case .steps:
            condition = "steps WHERE fleet_id = ? AND outcome <> 'open' AND settled_at < \(age(retention.journal))"
        case .jobs:
            condition = "jobs WHERE fleet_id = ? AND finished_at < \(age(retention.journal))"
        case .uploadLists:
            condition = "upload_lists WHERE fleet_id = ? AND read_at < \(age(.days(Self.uploadListDays)))"
        case .objects:
            condition =
                "objects WHERE fleet_id = ? AND NOT EXISTS (SELECT 1 FROM instances i "
                + "WHERE i.fleet_id = objects.fleet_id AND i.name = objects.instance)"
        }
        let (text, values) = (condition, arguments)
        return try await pool.withConnection(retrying: .standard) { connection in
            try await connection.execute("DELETE FROM \(text) LIMIT \(Self.purgeBatch)", values).affectedRows
        }
    }

    /// Rows that one statement deletes, so that none holds locks for long.
    public static let purgeBatch = 1000
}
