import FleetModel

/// A bot as `bots` lists it: what was applied, what its source has now, and who uses it.
public struct BotRow: Hashable, Sendable {
    /// How what was applied stands to what the source has.
    public enum Status: String, Hashable, Sendable {
        /// The same.
        case current
        /// The source has another version: the next apply brings it.
        case changed
        /// Never applied: no deployment may name it before an apply.
        case new
        /// The source has it no more.
        case retired
    }

    /// As it was applied last; as its source has it where it never was.
    public var bot: Bot
    /// How that stands to what its source has; nil where bots:sync-local has not read it yet, and for custom bots.
    public var status: Status?
    /// The commit that its source was at when it was read last.
    public var latestCommit: String?
    /// Deployments that name it, in order.
    public var deployments: [String]
    /// Its instances, by the digest of the bundle that each was given last, in order.
    public var instances: [String: [String]]
    /// The digest of the bundle that was applied last.
    public var bundle: String?

    /// A bot nobody uses, unless it is said who.
    public init(
        bot: Bot, status: Status? = nil, latestCommit: String? = nil, deployments: [String] = [],
        instances: [String: [String]] = [:], bundle: String? = nil
    ) {
        self.bot = bot
        self.status = status
        self.latestCommit = latestCommit
        self.deployments = deployments
        self.instances = instances
        self.bundle = bundle
    }

    private var instanceCount: Int { instances.values.reduce(0) { $0 + $1.count } }
    /// Instances that were given another bundle than the one applied last.
    private var olderCount: Int { instances.filter { $0.key != bundle }.values.reduce(0) { $0 + $1.count } }

    private var use: String? {
        guard !deployments.isEmpty else { return nil }
        let older = olderCount > 0 ? " (\(olderCount) older)" : ""
        return "\(Wording.count(deployments.count, "deployment")), \(Wording.count(instanceCount, "instance"))\(older)"
    }
}

extension BotRow: Listable {
    /// What several are called.
    public static var plural: String { "bots" }

    /// What people see of one.
    public static var columns: [ListColumn<BotRow>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.bot.name) },
            ListColumn("PLATFORM") { row, _ in Cell(row.bot.platform) },
            ListColumn("SOURCE") { row, _ in Cell(row.bot.source) },
            ListColumn("COMMIT") { row, _ in Cell(row.bot.commit.map { String($0.prefix(12)) }) },
            ListColumn("STATUS") { row, _ in
                Cell(row.status?.rawValue, row.status == .retired ? .bad : row.status == .current ? .good : .plain)
            },
            ListColumn("USED BY") { row, _ in Cell(row.use) },
            ListColumn("PARAMETERS", narrowest: 18) { row, _ in
                Cell(row.bot.parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }.joined(separator: " "))
            },
            ListColumn("DESCRIPTION", narrowest: 18) { row, _ in Cell(row.bot.description) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", bot.name), Field("source", bot.source), Field("path", bot.path),
            Field("commit", bot.commit), Field("parameters", .array(bot.parameters.map(\.listed))),
        ]
    }

    /// What is shown of one alone.
    public var allFields: [Field] {
        let versions = instances.sorted { $0.key < $1.key }.map { digest, names -> JSONValue in
            [
                "bundle": .string(digest), "current": .boolean(digest == bundle),
                "instances": .array(names.map { .string($0) }),
            ]
        }
        return fields + [
            Field("description", bot.description), Field("platform", bot.platform), Field("icon", bot.icon),
            Field("status", status?.rawValue), Field("latest_commit", latestCommit),
            Field("deployments", .array(deployments.map { .string($0) })),
            Field("versions", .array(versions)),
        ]
    }
}
