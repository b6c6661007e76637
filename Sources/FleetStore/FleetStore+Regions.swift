import FleetModel
import LibMySQL

/// What a look at a region's quota came to.
public enum VCPUQuota: Hashable, Sendable {
    /// The account may have so many.
    case known(Int)
    /// AWS knows no such quota here.
    case absent
    /// It may not be asked for: what was recorded stays.
    case unread
}

extension FleetStore {
    /// Records a region's images from a complete listing: new and changed ones are put, those that it lacks marked as gone. Returns
    /// how many rows changed.
    public func record(_ images: [RecordedImage], fleetID: Int64, region: String, now: Instant) async throws -> Int {
        let before = try await self.images(fleetID: fleetID, region: region)
        let known = Dictionary(before.map { ($0.imageID, $0) }, uniquingKeysWith: { first, _ in first })
        let listed = Set(images.map(\.imageID))
        let changed =
            images.filter { known[$0.imageID] != $0 }
            + before.filter { !listed.contains($0.imageID) && $0.goneSince == nil }.map { image in
                var gone = image
                gone.goneSince = now
                return gone
            }
        guard !changed.isEmpty else { return 0 }
        let columns = ["name", "owner", "made_at", "gone_since", "architecture"]
        let rows = changed.map { image -> [MySQLValue] in
            [
                .int(fleetID), .string(region), .string(image.imageID), .string(image.name), .string(image.owner),
                MySQLValue(image.createdAt), MySQLValue(image.goneSince), MySQLValue(image.architecture),
            ]
        }
        _ = try await transaction { transaction in
            try await transaction.insert(
                "INSERT INTO images (fleet_id, region, image_id, \(columns.joined(separator: ", "))) VALUES",
                rows: rows,
                "ON DUPLICATE KEY UPDATE " + columns.map { "\($0) = VALUES(\($0))" }.joined(separator: ", "))
        }
        return changed.count
    }

    /// Records a region's quota and what is used of it, and that it was read. Returns how many rows changed.
    public func record(
        quota: VCPUQuota, usage: [VCPUUsage], fleetID: Int64, region: String, now: Instant
    ) async throws -> Int {
        let place: [MySQLValue] = [.int(fleetID), .string(region)]
        return try await transaction { transaction in
            switch quota {
            case .known(let value):
                try await transaction.execute(
                    "INSERT INTO quotas (fleet_id, region, code, name, value, synced_at) VALUES (?, ?, ?, ?, ?, ?) "
                        + "ON DUPLICATE KEY UPDATE value = VALUES(value), synced_at = VALUES(synced_at)",
                    place + [
                        .string(Region.vcpuQuota), "Running On-Demand Standard instances", .double(Double(value)),
                        MySQLValue(now),
                    ])
            case .absent:
                try await transaction.execute(
                    "DELETE FROM quotas WHERE fleet_id = ? AND region = ? AND code = ?",
                    place + [.string(Region.vcpuQuota)])
            case .unread: break
            }
            let known = try await transaction.query(
                "SELECT instance_type, instances, vcpus, size FROM vcpu_usage WHERE fleet_id = ? AND region = ? "
                    + "ORDER BY instance_type", place, decode: Self.usage)
            try await transaction.execute(
                "UPDATE regions SET synced_at = ? WHERE fleet_id = ? AND name = ?", [MySQLValue(now)] + place)
            guard known != usage else { return 0 }
            try await transaction.execute("DELETE FROM vcpu_usage WHERE fleet_id = ? AND region = ?", place)
            try await transaction.insert(
                "INSERT INTO vcpu_usage (fleet_id, region, instance_type, instances, vcpus, size) VALUES",
                rows: usage.map {
                    place + [
                        .string($0.type), .int(Int64($0.instances)), .int(Int64($0.vcpus)), .int(Int64($0.size)),
                    ]
                })
            return usage.count
        }
    }

    /// What is known of the processors of a fleet's regions, by region.
    public func capacities(fleetID: Int64) async throws -> [String: RecordedCapacity] {
        try await pool.snapshot { transaction in try await Self.capacities(.int(fleetID), in: transaction) }
    }

    static func capacities(
        _ fleetID: MySQLValue, in transaction: MySQLTransaction
    ) async throws -> [String: RecordedCapacity] {
        var found: [String: RecordedCapacity] = [:]
        for row in try await transaction.query(
            "SELECT r.name, r.synced_at, q.value FROM regions r LEFT JOIN quotas q ON q.fleet_id = r.fleet_id "
                + "AND q.region = r.name AND q.code = ? WHERE r.fleet_id = ?",
            [.string(Region.vcpuQuota), fleetID])
        {
            var capacity = RecordedCapacity()
            capacity.syncedAt = try row.instant(at: 1)
            let quota: Double? = try row.get(2)
            capacity.quota = quota.map { Int($0) }
            found[try row.get(0)] = capacity
        }
        for row in try await transaction.query(
            "SELECT instance_type, instances, vcpus, size, region FROM vcpu_usage WHERE fleet_id = ? "
                + "ORDER BY instance_type", [fleetID])
        {
            found[try row.get(4), default: RecordedCapacity()].usage.append(try Self.usage(row))
        }
        return found
    }

    @Sendable private static func usage(_ row: MySQLRow) throws(MySQLError) -> VCPUUsage {
        VCPUUsage(
            type: try row.get(0), instances: try row.get(1), vcpus: try row.get(2), size: try row.get(3))
    }
}
