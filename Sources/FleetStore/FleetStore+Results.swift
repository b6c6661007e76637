import FleetModel
import LibMySQL

/// An instance whose results are to be listed whole.
public struct DueListing: Hashable, Sendable {
    /// The instance's row number, which its events' channel is named by.
    public var id: Int64
    /// The instance.
    public var instance: String
    /// What made it due; another change of state meanwhile makes it due again.
    let dueAt: MySQLDateTime
}

/// Whose results are listed whole.
public enum ListingChoice: Hashable, Sendable {
    /// Those whose last listing is too old, or whose state changed since.
    case due
    /// All of the fleet's.
    case all
    /// One instance's.
    case of(instance: String)
}

/// What a pass over the bucket found; written in one transaction.
public struct ResultChanges: Sendable {
    /// New and changed ones.
    public var put: [ResultObject] = []
    /// As they were recorded before the listing that lacks them.
    public var removed: [ResultObject] = []
    /// Whose listing is complete.
    public var listed: [DueListing] = []
    /// Upload lists that were read.
    public var lists: [ObjectKey] = []
    /// Up to when upload lists are known.
    public var position: Instant?
    /// For the outbox.
    public var events: [Event] = []

    /// Nothing.
    public init() {}
}

extension FleetStore {
    /// How long a full listing is good for.
    private static let listingHours = 1

    /// Instances whose results are to be listed, after one of them: the longest due first, or by number.
    public func listings(
        fleetID: Int64, of choice: ListingChoice, after: DueListing?, limit: Int
    ) async throws -> [DueListing] {
        var conditions = ["fleet_id = ?", "state <> 'planned'"]
        var arguments: [MySQLValue] = [.int(fleetID)]
        let order: [String]
        switch choice {
        case .due:
            conditions.append("objects_due_at <= UTC_TIMESTAMP(6)")
            order = ["objects_due_at", "id"]
        case .all: order = ["id"]
        case .of(let instance):
            conditions.append("name = ?")
            arguments.append(.string(instance))
            order = ["id"]
        }
        if let after {
            conditions.append("(\(order.joined(separator: ", "))) > (\(MultiRowInsert.list(order.count)))")
            if order.count > 1 { arguments.append(.datetime(after.dueAt)) }
            arguments.append(.int(after.id))
        }
        return try await read(
            "SELECT id, name, objects_due_at FROM instances WHERE \(conditions.joined(separator: " AND ")) "
                + "ORDER BY \(order.joined(separator: ", ")) LIMIT \(limit)", arguments
        ) { row throws(MySQLError) in
            DueListing(id: try row.get(0), instance: try row.get(1), dueAt: try row.get(2))
        }
    }

    /// An instance's recorded results whose keys come after `after`, and not after `through`; in the order of S3.
    public func results(
        fleetID: Int64, instance: String, after: ObjectKey?, through: ObjectKey?
    ) async throws -> [ResultObject] {
        // The prefix itself may be a key; without its slash, a neighbour's `web-1-1/` would come after `web-1`.
        var conditions = "fleet_id = ? AND path \(after == nil ? ">=" : ">") ?"
        var arguments: [MySQLValue] = [
            .int(fleetID), .bytes(after?.bytes ?? Array(ResultObject.prefix(instance: instance).utf8)),
        ]
        if let through {
            conditions += " AND path <= ?"
            arguments.append(.bytes(through.bytes))
        } else {
            // The slash's successor ends what begins with the prefix.
            conditions += " AND path < ?"
            arguments.append(.bytes(Array("streamer-data/\(instance)0".utf8)))
        }
        return try await read(
            "SELECT path, instance, size, last_modified FROM objects WHERE \(conditions) ORDER BY path", arguments,
            decode: Self.result)
    }

    /// The recorded results of some keys, by key.
    public func results(fleetID: Int64, keys: [ObjectKey]) async throws -> [ObjectKey: ResultObject] {
        var found: [ObjectKey: ResultObject] = [:]
        for batch in keys.batches(of: MultiRowInsert.rowsPerStatement) {
            let rows = try await read(
                "SELECT path, instance, size, last_modified FROM objects WHERE fleet_id = ? "
                    + "AND path IN (\(MultiRowInsert.list(batch.count)))",
                [.int(fleetID)] + batch.map { .bytes($0.bytes) }, decode: Self.result)
            for row in rows { found[row.key] = row }
        }
        return found
    }

    /// The results of a fleet, or of one instance, of one kind or of all, in the order of their keys.
    public func results(
        fleetID: Int64, instance: String? = nil, kind: ResultObject.Kind? = nil
    ) async throws -> [ResultObject] {
        var conditions = ["fleet_id = ?"]
        var arguments: [MySQLValue] = [.int(fleetID)]
        if let instance {
            conditions.append("instance = ?")
            arguments.append(.string(instance))
        }
        if let kind {
            conditions.append("type = ?")
            arguments.append(.string(kind.rawValue))
        }
        return try await read(
            "SELECT path, instance, size, last_modified FROM objects WHERE \(conditions.joined(separator: " AND ")) "
                + "ORDER BY path", arguments, decode: Self.result)
    }

    /// Up to when upload lists are known; nil before the first.
    public func uploadPosition(fleetID: Int64) async throws -> Instant? {
        try await read(
            "SELECT position_at FROM duties WHERE fleet_id = ? AND name = ? AND region = ''",
            [.int(fleetID), .string(DutyName.syncFolders.rawValue)]
        ) { row throws(MySQLError) in try row.instant(at: 0) }.first ?? nil
    }

    /// Which of these upload lists were read before.
    public func readLists(fleetID: Int64, among keys: [ObjectKey]) async throws -> Set<ObjectKey> {
        var found: Set<ObjectKey> = []
        for batch in keys.batches(of: MultiRowInsert.rowsPerStatement) {
            let rows = try await read(
                "SELECT object_key FROM upload_lists WHERE fleet_id = ? "
                    + "AND object_key IN (\(MultiRowInsert.list(batch.count)))",
                [.int(fleetID)] + batch.map { .bytes($0.bytes) }
            ) { row throws(MySQLError) in ObjectKey(bytes: try row.get(0)) }
            found.formUnion(rows)
        }
        return found
    }

    /// The names of a fleet's instances, in order.
    public func instanceNames(fleetID: Int64) async throws -> [String] {
        try await read("SELECT name FROM instances WHERE fleet_id = ? ORDER BY name", [.int(fleetID)]) {
            row throws(MySQLError) in try row.get(0)
        }
    }

    /// The row numbers of instances, by name; those that are not recorded are left out.
    public func instanceIDs(fleetID: Int64, names: [String]) async throws -> [String: Int64] {
        var found: [String: Int64] = [:]
        for batch in names.batches(of: MultiRowInsert.rowsPerStatement) {
            let rows = try await read(
                "SELECT name, id FROM instances WHERE fleet_id = ? "
                    + "AND name IN (\(MultiRowInsert.list(batch.count)))",
                [.int(fleetID)] + batch.map { .string($0) }, decode: { row throws(MySQLError) in row })
            for row in rows { found[try row.get(0)] = try row.get(1) }
        }
        return found
    }

    /// Writes what a pass found, in one transaction, hundreds of rows a statement, while the leases are held.
    ///
    /// One that is gone is only deleted where its row still says what it said before the listing.
    /// - Throws: `StoreError` of kind `leaseLost`, and nothing was written.
    public func record(_ changes: ResultChanges, fleetID: Int64, under leases: [Lease]) async throws {
        let token = try Token.random()
        let fleet = MySQLValue.int(fleetID)
        let rows = changes.put.map { object -> [MySQLValue] in
            [
                fleet, .bytes(object.key.bytes), .string(object.instance), .string(object.kind.rawValue),
                .int(Int64(object.size)), MySQLValue(object.lastModified),
            ]
        }
        let events = try changes.events.map { event -> [MySQLValue] in
            [.string(event.type), .string(event.subject), .string(try CanonicalJSON.encode(event.payload))]
        }
        try await transaction { transaction in
            let writer = RecordWriter(transaction: transaction, fleetID: fleetID, token: token)
            try await transaction.insert(
                "INSERT INTO objects (fleet_id, path, instance, type, size, last_modified) VALUES", rows: rows,
                "ON DUPLICATE KEY UPDATE instance = VALUES(instance), type = VALUES(type), size = VALUES(size), "
                    + "last_modified = VALUES(last_modified)")
            try await writer.inBatches(changes.removed) { batch in
                let places = repeatElement("(?, ?, ?)", count: batch.count).joined(separator: ",")
                try await transaction.execute(
                    // The keys stand by themselves as well, for the index.
                    "DELETE FROM objects WHERE fleet_id = ? AND path IN (\(MultiRowInsert.list(batch.count))) "
                        + "AND (path, size, last_modified) IN (\(places))",
                    [fleet] + batch.map { .bytes($0.key.bytes) }
                        + batch.flatMap {
                            [.bytes($0.key.bytes), .int(Int64($0.size)), MySQLValue($0.lastModified)]
                        })
            }
            try await writer.inBatches(changes.listed) { batch in
                let places = repeatElement("(?, ?)", count: batch.count).joined(separator: ",")
                try await transaction.execute(
                    "UPDATE instances SET objects_due_at = UTC_TIMESTAMP(6) + INTERVAL \(Self.listingHours) HOUR "
                        + "WHERE id IN (\(MultiRowInsert.list(batch.count))) AND (id, objects_due_at) IN (\(places))",
                    batch.map { .int($0.id) } + batch.flatMap { [.int($0.id), .datetime($0.dueAt)] })
            }
            try await transaction.insert(
                "INSERT INTO upload_lists (fleet_id, object_key) VALUES",
                rows: changes.lists.map { [fleet, .bytes($0.bytes)] },
                "ON DUPLICATE KEY UPDATE read_at = read_at")
            if let position = changes.position {
                try await transaction.execute(
                    "INSERT INTO duties (fleet_id, name, region, position_at) VALUES (?, ?, '', ?) "
                        + "ON DUPLICATE KEY UPDATE position_at = VALUES(position_at)",
                    [fleet, .string(DutyName.syncFolders.rawValue), MySQLValue(position)])
            }
            try await writer.writeEvents(events, first: 0)
            try await writer.requireLeases(leases)
        }
    }

    @Sendable private static func result(_ row: MySQLRow) throws(MySQLError) -> ResultObject {
        let modified: MySQLDateTime = try row.get(3)
        return ResultObject(
            key: ObjectKey(bytes: try row.get(0)), instance: try row.get(1), size: try row.get(2),
            lastModified: modified.instant)
    }
}
