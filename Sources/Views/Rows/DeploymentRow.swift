import FleetModel
import Scheduling

/// A deployment as `deployments` and `status` list it.
public struct DeploymentRow: Hashable, Sendable {
    /// As it was applied last.
    public var deployment: Deployment
    /// Where its instances are: its own region or its user's.
    public var region: String
    /// Its instances by state.
    public var states: [InstanceState: Int]
    /// What is wanted of its power and why: `stopped by office-hours until Mon 08:00`.
    public var power: String?
    /// Its next start or stop.
    public var next: Transition?

    /// A deployment with what there is of it.
    public init(
        _ deployment: Deployment, region: String, states: [InstanceState: Int], power: String?, next: Transition? = nil
    ) {
        self.deployment = deployment
        self.region = region
        self.states = states
        self.power = power
        self.next = next
    }

    var running: Int { states[.running] ?? 0 }

    /// `2/3`, good when all run, bad when one is lost.
    var runningCell: Cell {
        let isLost = (states[.lost] ?? 0) > 0
        return Cell(
            "\(running)/\(deployment.count)",
            isLost ? .bad : running == deployment.count && running > 0 ? .good : .plain)
    }
}

extension DeploymentRow: Listable {
    /// What several are called.
    public static var plural: String { "deployments" }

    /// What people see of one.
    public static var columns: [ListColumn<DeploymentRow>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.deployment.name) },
            ListColumn("USER", narrowest: 12) { row, _ in Cell(row.deployment.user) },
            ListColumn("BOT", narrowest: 12) { row, _ in Cell(row.deployment.bot) },
            ListColumn("REGION") { row, _ in Cell(row.region) },
            ListColumn("RUNNING", isNumber: true) { row, _ in row.runningCell },
            ListColumn("POWER", narrowest: 40) { row, _ in Cell(row.power) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", deployment.name), Field("user", deployment.user), Field("bot", deployment.bot),
            Field("region", region), Field("count", deployment.count), Field("running", running),
            Field("schedule", schedule), Field("state", state), Field("power", power),
            Field("next_at", next?.at), Field("next_action", next?.action.rawValue),
            Field("protect", deployment.protect),
        ]
    }

    /// What is shown of one alone.
    public var allFields: [Field] {
        fields + [
            Field("instance_type", .array(deployment.instanceTypes.map { .string($0) })),
            Field("storage_gb", deployment.storageGB), Field("image", deployment.image),
            Field("parameters", .object(deployment.parameters.mapValues(\.listed))),
            Field("when_lost", deployment.whenLost.rawValue), Field("drift", deployment.drift.rawValue),
            Field("hold", deployment.hold?.listed ?? .null), Field("instance_profile", deployment.instanceProfile),
            Field(
                "instances",
                .object(Dictionary(states.map { ($0.key.rawValue, .integer($0.value)) }, uniquingKeysWith: { $1 }))),
        ]
    }

    private var schedule: String? {
        if case .schedule(let name) = deployment.power { name } else { nil }
    }

    private var state: String? {
        if case .state(let state) = deployment.power { state.rawValue } else { nil }
    }
}

extension ParameterValue {
    /// A text, or a reference to a secret.
    fileprivate var listed: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .ssm(let name): ["ssm": .string(name)]
        }
    }
}

extension Hold {
    fileprivate var listed: JSONValue {
        [
            "state": .string(state.rawValue), "until": until.map { .string($0.description) } ?? .null,
            "reason": reason.map { .string($0) } ?? .null,
        ]
    }
}
