import FleetModel

/// Changes that are written together: no two of one row, each kind in one place.
///
/// A list of changes becomes passes that run one after another. Within a pass the order is that of the foreign keys;
/// a second change of a row begins a new pass, so the last word about a row is the list's.
struct RecordPass: Sendable {
    var settings: StoredSettings?
    var account: String?
    var appliedCommit: String?
    var regions: [Region] = []
    var users: [User] = []
    var schedules: [Schedule] = []
    var bots: [Bot] = []
    var bundles: [(bot: String, bundle: RecordedBundle)] = []
    var deployments: [DeploymentChange] = []
    var securityGroups: [(spec: SecurityGroupSpec, groupID: String)] = []
    var keyPairs: [(spec: KeyPairSpec, keyName: String)] = []
    var instances: [RecordedInstance] = []
    var grants: [AddressGrant] = []
    var overrides: [PowerOverride] = []
    var clearedOverrides: [String] = []
    var openedSteps: [Step] = []
    var settledSteps: [SettledStep] = []
    var sessions: [Session] = []
    var deleted: [Address] = []
    var events: [Event] = []
    var finishedApplies: [FinishedApply] = []

    /// A deployment with what its row says beside the definition.
    struct DeploymentChange: Sendable {
        var deployment: Deployment
        var region: String
        var cursor: Instant
        var nextTransition: Instant?
        var movesCursor = true
    }

    /// How a step ended.
    struct SettledStep: Sendable {
        var id: String
        var outcome: Step.Outcome
        var result: String?
        var error: String?
    }

    /// How an apply ended.
    struct FinishedApply: Sendable {
        var id: Int64
        var outcome: ApplyRecord.Outcome
        var error: String?
    }

    /// The passes of a list of changes, in order.
    static func passes(of changes: [RecordChange]) -> [RecordPass] {
        var passes: [RecordPass] = []
        var current = RecordPass()
        var rows: Set<String> = []
        for change in changes {
            if let row = change.row, !rows.insert(row).inserted {
                passes.append(current)
                current = RecordPass()
                rows = [row]
            }
            current.add(change)
        }
        if !changes.isEmpty { passes.append(current) }
        return passes
    }

    private mutating func add(_ change: RecordChange) {
        switch change {
        case .putSettings(let value): settings = value
        case .setAccount(let value): account = value
        case .setAppliedCommit(let value): appliedCommit = value
        case .putRegion(let value): regions.append(value)
        case .putUser(let value): users.append(value)
        case .putSchedule(let value): schedules.append(value)
        case .putBot(let value): bots.append(value)
        case .putBundle(let bot, let bundle): bundles.append((bot, bundle))
        case .putDeployment(let deployment, let region, let cursor, let nextTransition, let movesCursor):
            deployments.append(
                DeploymentChange(
                    deployment: deployment, region: region, cursor: cursor, nextTransition: nextTransition,
                    movesCursor: movesCursor))
        case .putSecurityGroup(let spec, let groupID): securityGroups.append((spec, groupID))
        case .putKeyPair(let spec, let keyName): keyPairs.append((spec, keyName))
        case .putInstance(let value): instances.append(value)
        case .delete(let address): deleted.append(address)
        case .openStep(let step): openedSteps.append(step)
        case .settleStep(let id, let outcome, let result, let error):
            settledSteps.append(SettledStep(id: id, outcome: outcome, result: result, error: error))
        case .putSession(let value): sessions.append(value)
        case .putGrant(let value): grants.append(value)
        case .putOverride(let value): overrides.append(value)
        case .clearOverride(let instance): clearedOverrides.append(instance)
        case .event(let value): events.append(value)
        case .finishApply(let id, let outcome, let error):
            finishedApplies.append(FinishedApply(id: id, outcome: outcome, error: error))
        }
    }
}

extension RecordChange {
    /// The row that a change is about; nil for an event, which is always a new row.
    fileprivate var row: String? {
        switch self {
        case .putSettings: "settings"
        case .setAccount: "account"
        case .setAppliedCommit: "commit"
        case .putRegion(let value): Address.region(value.name).description
        case .putUser(let value): Address.user(value.email).description
        case .putSchedule(let value): Address.schedule(value.name).description
        case .putBot(let value): Address.bot(value.name).description
        case .putBundle(let bot, _): Address.bundle(bot).description
        case .putDeployment(let value, _, _, _, _): Address.deployment(value.name).description
        case .putSecurityGroup(let spec, _): Address.securityGroup(region: spec.region, user: spec.user).description
        case .putKeyPair(let spec, _): Address.keyPair(region: spec.region, user: spec.user).description
        case .putInstance(let value): Address.instance(value.name).description
        case .delete(let address): address.description
        case .openStep(let step): "step \(step.id)"
        case .settleStep(let id, _, _, _): "step \(id)"
        case .putSession(let value): "session \(value.instance) \(value.scheduledFor.seconds) \(value.action.rawValue)"
        case .putGrant(let value): "grant \(User.key(value.user)) \(value.source)"
        case .putOverride(let value): "override \(value.instance)"
        case .clearOverride(let instance): "override \(instance)"
        case .event: nil
        case .finishApply(let id, _, _): "apply \(id)"
        }
    }
}
