import FleetModel
import LibMySQL

extension FleetStore {
    /// All fleets of the database, by name; none where it has no tables yet.
    public func fleets() async throws -> [RecordedFleet] {
        try await emptyWithoutTables([]) {
            try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query(
                    "SELECT \(Self.fleetColumns) FROM fleets ORDER BY name", decode: Self.fleet)
            }
        }
    }

    /// The fleet of a number, or nil.
    public func fleet(id: Int64) async throws -> RecordedFleet? {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(Self.fleetColumns) FROM fleets WHERE id = ?", [.int(id)], decode: Self.fleet
            ).first
        }
    }

    /// All that is recorded of a fleet, of a single instant, in a dozen statements whatever its size. Its `fleet` is nil
    /// where no such fleet is known or the database has no tables yet.
    public func recordedState(fleet name: String) async throws -> RecordedState {
        try await emptyWithoutTables(RecordedState()) {
            try await pool.snapshot { transaction in
                let fleets = try await transaction.query(
                    "SELECT \(Self.fleetColumns) FROM fleets WHERE name = ?", [.string(name)], decode: Self.fleet)
                guard let fleet = fleets.first else { return RecordedState() }
                return try await Self.state(of: fleet, in: transaction)
            }
        }
    }

    /// The row of an instance by its name, or nil.
    public func instance(fleetID: Int64, name: String) async throws -> RecordedInstance? {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ? AND name = ?",
                [.int(fleetID), .string(name)], decode: InstanceRow.decode
            ).first
        }
    }

    /// All instances of a fleet, the unmanaged too, by name.
    public func instances(fleetID: Int64) async throws -> [RecordedInstance] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ? ORDER BY name", [.int(fleetID)],
                decode: InstanceRow.decode)
        }
    }

    /// The images of a fleet's regions, or of one, as last synced, by region and name.
    public func images(fleetID: Int64, region: String? = nil) async throws -> [RecordedImage] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT region, image_id, name, owner, made_at, gone_since, architecture FROM images WHERE fleet_id = ? "
                    + (region == nil ? "" : "AND region = ? ") + "ORDER BY region, name, image_id",
                [.int(fleetID)] + (region.map { [.string($0)] } ?? [])
            ) { row throws(MySQLError) in
                RecordedImage(
                    region: try row.get(0), imageID: try row.get(1), name: try row.get(2), owner: try row.get(3),
                    architecture: try row.get(6), createdAt: try row.instant(at: 4), goneSince: try row.instant(at: 5))
            }
        }
    }

    // MARK: Rows

    private static let fleetColumns = "id, name, account_id, settings, revision, last_applied_commit"

    @Sendable private static func fleet(_ row: MySQLRow) throws(MySQLError) -> RecordedFleet {
        RecordedFleet(
            id: try row.get(0), name: try row.get(1), accountID: try row.get(2),
            settings: RecordedDefinition(json: try row.get(3), revision: try row.get(4)),
            lastAppliedCommit: try row.get(5))
    }

    /// Kind, key and definition of what is a value and nothing more.
    private static let definitions = """
        SELECT 'region', name, definition, revision FROM regions WHERE fleet_id = ? \
        UNION ALL SELECT 'user', email, definition, revision FROM users WHERE fleet_id = ? \
        UNION ALL SELECT 'schedule', name, definition, revision FROM schedules WHERE fleet_id = ? \
        UNION ALL SELECT 'bot', name, definition, revision FROM bots WHERE fleet_id = ? \
        UNION ALL SELECT 'deployment', name, definition, revision FROM deployments WHERE fleet_id = ?
        """

    /// Kind, key, AWS's name and definition of what was made in AWS beside instances.
    private static let resources = """
        SELECT 'security_group', CONCAT(region, '/', user_email), group_id, definition, revision FROM security_groups \
        WHERE fleet_id = ? \
        UNION ALL SELECT 'key_pair', CONCAT(region, '/', user_email), key_name, definition, revision FROM key_pairs \
        WHERE fleet_id = ?
        """

    private static func state(of fleet: RecordedFleet, in transaction: MySQLTransaction) async throws -> RecordedState {
        let id = MySQLValue.int(fleet.id)
        var state = RecordedState(fleet: fleet)
        let definitions = try await transaction.query(
            Self.definitions, [MySQLValue](repeating: id, count: 5)
        ) { row throws(MySQLError) in
            (
                Address(try row.decode(Address.Kind.self, at: 0), try row.get(1)),
                RecordedDefinition(json: try row.get(2), revision: try row.get(3))
            )
        }
        state.definitions = Dictionary(uniqueKeysWithValues: definitions)
        let instances = try await transaction.query(
            "SELECT \(InstanceRow.columns) FROM instances WHERE fleet_id = ?", [id]
        ) { row throws(MySQLError) in
            let instance = try InstanceRow.decode(row)
            return (instance.name, instance)
        }
        state.instances = Dictionary(uniqueKeysWithValues: instances)
        try await readResources(into: &state, id, transaction)
        try await readPower(into: &state, id, transaction)
        state.pendingSessions = try await pendingSessions(id, in: transaction)
        state.openSteps = try await openSteps(id, in: transaction)
        state.capacities = try await capacities(id, in: transaction)
        return state
    }

    private static func readResources(
        into state: inout RecordedState, _ id: MySQLValue, _ transaction: MySQLTransaction
    ) async throws {
        for row in try await transaction.query(resources, [id, id]) {
            let address = Address(try row.decode(Address.Kind.self, at: 0), try row.get(1))
            let definition = RecordedDefinition(json: try row.get(3), revision: try row.get(4))
            if address.kind == .securityGroup {
                state.securityGroups[address] = RecordedSecurityGroup(groupID: try row.get(2), definition: definition)
            } else {
                state.keyPairs[address] = RecordedKeyPair(keyName: try row.get(2), definition: definition)
            }
        }
        let bundles = try await transaction.query(
            "SELECT bot, bundle_key, content_digest, digest, size FROM bundles WHERE fleet_id = ?", [id]
        ) { row throws(MySQLError) in
            (
                try row.get(0) as String,
                RecordedBundle(
                    key: try row.get(1), contentDigest: try row.get(2), digest: try row.get(3), size: try row.get(4))
            )
        }
        state.bundles = Dictionary(uniqueKeysWithValues: bundles)
    }

    private static func readPower(
        into state: inout RecordedState, _ id: MySQLValue, _ transaction: MySQLTransaction
    ) async throws {
        state.grants = try await transaction.query(
            "SELECT user_email, source, until_at FROM user_grants WHERE fleet_id = ? ORDER BY user_email, source", [id],
            decode: grant)
        let overrides = try await transaction.query(
            "SELECT instance, state, until_at, author FROM power_overrides WHERE fleet_id = ?", [id]
        ) { row throws(MySQLError) in
            PowerOverride(
                instance: try row.get(0), state: try row.decode(PowerState.self, at: 1), until: try row.instant(at: 2),
                author: try row.get(3))
        }
        state.overrides = Dictionary(uniqueKeysWithValues: overrides.map { ($0.instance, $0) })
    }

    /// What a question has for an answer where there is no table to ask.
    private func emptyWithoutTables<Value>(_ empty: Value, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as MySQLError where error.isUnknownTable {
            return empty
        }
    }
}
