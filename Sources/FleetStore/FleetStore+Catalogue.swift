import FleetModel
import LibMySQL

/// A bot as its source has it now, whatever was applied last.
public struct CataloguedBot: Hashable, Sendable {
    /// As its script describes it.
    public var bot: Bot
    /// What its bundle would be made from: another key is another bundle.
    public var bundleKey: String
    /// When what it says or runs last changed.
    public var changedAt: Instant
    /// When it was first missing from its source; nil while it is there.
    public var retiredAt: Instant?

    /// A bot as it was read.
    public init(bot: Bot, bundleKey: String, changedAt: Instant, retiredAt: Instant? = nil) {
        self.bot = bot
        self.bundleKey = bundleKey
        self.changedAt = changedAt
        self.retiredAt = retiredAt
    }
}

/// How reading a source's bots went.
public struct CatalogueChanges: Hashable, Sendable {
    /// Names of bots that were not there before.
    public var added: [String] = []
    /// Of those whose description, parameters or files changed.
    public var changed: [String] = []
    /// Of those that are gone.
    public var retired: [String] = []

    /// None.
    public init() {}

    /// How many there are.
    public var count: Int { added.count + changed.count + retired.count }
}

extension FleetStore {
    /// The bots of all sources as bots:sync-local read them last, retired ones too; by source and name.
    public func catalogue(fleetID: Int64) async throws -> [CataloguedBot] {
        try await read(
            "SELECT \(Self.catalogueColumns) FROM bot_catalogue WHERE fleet_id = ? ORDER BY source, name",
            [.int(fleetID)], decode: Self.cataloguedBot)
    }

    /// Records the bots that a source has, and that it was read; gives what is different. Nothing of what was applied changes.
    public func record(
        catalogue bots: [CataloguedBot], of source: BotSource, commit: String?, fleetID: Int64, under leases: [Lease]
    ) async throws -> CatalogueChanges {
        let token = try Token.random()
        let fleet = MySQLValue.int(fleetID)
        let definition = try CanonicalJSON.encode(source)
        return try await transaction { transaction in
            let rows = try await transaction.query(
                "SELECT \(Self.catalogueColumns) FROM bot_catalogue WHERE fleet_id = ? AND source = ?",
                [fleet, .string(source.name)], decode: Self.cataloguedBot)
            let known = Dictionary(rows.map { ($0.bot.name, $0) }, uniquingKeysWith: { first, _ in first })
            var changes = CatalogueChanges()
            var puts: [CataloguedBot] = []
            for bot in bots {
                guard let before = known[bot.bot.name], before.retiredAt == nil else {
                    changes.added.append(bot.bot.name)
                    puts.append(bot)
                    continue
                }
                var moved = before.bot
                moved.commit = bot.bot.commit
                let isSame = moved == bot.bot && before.bundleKey == bot.bundleKey
                if !isSame { changes.changed.append(bot.bot.name) }
                var put = bot
                if isSame { put.changedAt = before.changedAt }
                if put != before { puts.append(put) }
            }
            let names = Set(bots.map(\.bot.name))
            let time = bots.first?.changedAt
            for gone in rows where !names.contains(gone.bot.name) && gone.retiredAt == nil {
                changes.retired.append(gone.bot.name)
                var put = gone
                put.retiredAt = time ?? gone.changedAt
                puts.append(put)
            }
            try await transaction.insert(
                "INSERT INTO bot_catalogue (fleet_id, source, name, bundle_key, definition, changed_at, retired_at) VALUES",
                rows: try puts.map {
                    [
                        fleet, .string(source.name), .string($0.bot.name), .string($0.bundleKey),
                        .string(try CanonicalJSON.encode($0.bot)), MySQLValue($0.changedAt), MySQLValue($0.retiredAt),
                    ]
                },
                "ON DUPLICATE KEY UPDATE bundle_key = VALUES(bundle_key), definition = VALUES(definition), "
                    + "changed_at = VALUES(changed_at), retired_at = VALUES(retired_at)")
            try await transaction.execute(
                "INSERT INTO bot_sources (fleet_id, name, definition, commit_id, fetched_at, last_error) "
                    + "VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6), NULL) ON DUPLICATE KEY UPDATE definition = VALUES(definition), "
                    + "commit_id = VALUES(commit_id), fetched_at = VALUES(fetched_at), last_error = NULL",
                [fleet, .string(source.name), .string(definition), MySQLValue(commit)])
            try await RecordWriter(transaction: transaction, fleetID: fleetID, token: token).requireLeases(leases)
            return changes
        }
    }

    /// Records why a source could not be read; its bots stay as they are.
    public func record(failure: String, of source: BotSource, fleetID: Int64) async throws {
        let definition = try CanonicalJSON.encode(source)
        try await pool.withConnection(retrying: .standard) { connection in
            _ = try await connection.execute(
                "INSERT INTO bot_sources (fleet_id, name, definition, last_error) VALUES (?, ?, ?, ?) "
                    + "ON DUPLICATE KEY UPDATE last_error = VALUES(last_error)",
                [
                    .int(fleetID), .string(source.name), .string(definition), .string(ErrorText.clipped(failure)),
                ])
        }
    }

    /// Forgets sources that the fleet does not name any more, and their bots.
    public func forgetSources(except names: [String], fleetID: Int64, under leases: [Lease]) async throws {
        let token = try Token.random()
        let condition = names.isEmpty ? "" : " AND %@ NOT IN (\(MultiRowInsert.list(names.count)))"
        let arguments: [MySQLValue] = [.int(fleetID)] + names.map { .string($0) }
        try await transaction { transaction in
            try await transaction.execute(
                "DELETE FROM bot_catalogue WHERE fleet_id = ?" + condition.replacing("%@", with: "source"), arguments)
            try await transaction.execute(
                "DELETE FROM bot_sources WHERE fleet_id = ?" + condition.replacing("%@", with: "name"), arguments)
            try await RecordWriter(transaction: transaction, fleetID: fleetID, token: token).requireLeases(leases)
        }
    }

    /// All deployments as they were applied last, in the order of their names.
    public func deployments(fleetID: Int64) async throws -> [Deployment] {
        try await read(
            "SELECT definition FROM deployments WHERE fleet_id = ? ORDER BY name", [.int(fleetID)]
        ) { row throws(MySQLError) in try Self.definition(row, at: 0) }
    }

    /// All bots as they were applied last, in the order of their names.
    public func bots(fleetID: Int64) async throws -> [Bot] {
        try await read("SELECT definition FROM bots WHERE fleet_id = ? ORDER BY name", [.int(fleetID)]) {
            row throws(MySQLError) in try Self.definition(row, at: 0)
        }
    }

    private static let catalogueColumns = "definition, bundle_key, changed_at, retired_at"

    @Sendable private static func cataloguedBot(_ row: MySQLRow) throws(MySQLError) -> CataloguedBot {
        let changed: MySQLDateTime = try row.get(2)
        return CataloguedBot(
            bot: try definition(row, at: 0), bundleKey: try row.get(1), changedAt: changed.instant,
            retiredAt: try row.instant(at: 3))
    }

    /// A value of canonical JSON.
    static func definition<Value: Decodable>(
        _ row: MySQLRow, at position: Int
    ) throws(MySQLError) -> Value {
        let text: String = try row.get(position)
        do {
            return try CanonicalJSON.decode(Value.self, from: text)
        } catch {
            throw MySQLError.unexpectedValue("a definition holds no \(Value.self)")
        }
    }
}
