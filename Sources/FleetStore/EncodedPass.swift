import FleetModel
import LibMySQL

/// A pass as rows of values: encoded once, before the transaction, however often that runs.
struct EncodedPass: Sendable {
    /// Rows of one table to be put.
    struct Put: Sendable {
        let upsert: Upsert
        let rows: [[MySQLValue]]
    }

    /// Rows of one table to be deleted, by key columns after the fleet's.
    struct Deletion: Sendable {
        let kind: Address.Kind
        let table: String
        let fleetColumn: String
        let columns: [String]
        let keys: [[String]]
    }

    let settings: String?
    let account: String?
    let appliedCommit: String?
    /// In the order of the foreign keys: what others refer to first.
    let puts: [Put]
    let openedSteps: [[MySQLValue]]
    let settledSteps: [RecordPass.SettledStep]
    let clearedOverrides: [String]
    /// Deployments whose next transition was put, and may come earlier by an override's end.
    let movedDeployments: [String]
    /// In the opposite order: what refers to others first.
    let deletions: [Deletion]
    /// Type, subject, payload.
    let events: [[MySQLValue]]
    let finishedApplies: [RecordPass.FinishedApply]

    init(_ pass: RecordPass, fleetID: Int64) throws {
        settings = try pass.settings.map { try CanonicalJSON.encode($0) }
        account = pass.account
        appliedCommit = pass.appliedCommit
        puts = try Self.puts(of: pass, fleet: .int(fleetID))
        openedSteps = pass.openedSteps.map { Self.step($0, fleet: .int(fleetID)) }
        settledSteps = pass.settledSteps
        clearedOverrides = pass.clearedOverrides
        movedDeployments = pass.deployments.filter(\.movesCursor).map(\.deployment.name)
        deletions = Self.deletions(of: pass.deleted)
        events = try pass.events.map { event in
            [.string(event.type), .string(event.subject), .string(try CanonicalJSON.encode(event.payload))]
        }
        finishedApplies = pass.finishedApplies
    }

    private static func puts(of pass: RecordPass, fleet: MySQLValue) throws -> [Put] {
        let definition = { (value: any Encodable) throws in MySQLValue.string(try CanonicalJSON.encode(value)) }
        return try [
            Put(upsert: .regions, rows: pass.regions.map { [fleet, .string($0.name), try definition($0)] }),
            Put(
                upsert: .users,
                rows: pass.users.map {
                    [fleet, .string($0.key), .string($0.status.rawValue), MySQLValue($0.region), try definition($0)]
                }),
            Put(upsert: .schedules, rows: pass.schedules.map { [fleet, .string($0.name), try definition($0)] }),
            Put(
                upsert: .bots,
                rows: pass.bots.map {
                    [
                        fleet, .string($0.name), .string($0.source), .string($0.path), MySQLValue($0.commit),
                        try definition($0),
                    ]
                }),
            Put(
                upsert: .bundles,
                rows: pass.bundles.map {
                    [
                        fleet, .string($0.bot), .string($0.bundle.key), .string($0.bundle.contentDigest),
                        .string($0.bundle.digest), .int(Int64($0.bundle.size)),
                    ]
                }),
            Put(
                upsert: .securityGroups,
                rows: pass.securityGroups.map {
                    [
                        fleet, .string($0.spec.region), .string(User.key($0.spec.user)), .string($0.groupID),
                        try definition($0.spec),
                    ]
                }),
            Put(
                upsert: .keyPairs,
                rows: pass.keyPairs.map {
                    [
                        fleet, .string($0.spec.region), .string(User.key($0.spec.user)), .string($0.keyName),
                        try definition($0.spec),
                    ]
                }),
            Put(
                upsert: .deployments,
                rows: pass.deployments.filter(\.movesCursor).map { try deployment($0, fleet: fleet) }),
            Put(
                upsert: .deploymentsInPlace,
                rows: pass.deployments.filter { !$0.movesCursor }.map { try deployment($0, fleet: fleet) }),
            Put(upsert: .instances, rows: pass.instances.map { InstanceRow.values($0, fleet: fleet) }),
            Put(
                upsert: .grants,
                rows: pass.grants.map {
                    [fleet, .string(User.key($0.user)), .string($0.source.description), MySQLValue($0.until)]
                }),
            Put(
                upsert: .overrides,
                rows: pass.overrides.map {
                    [
                        fleet, .string($0.instance), .string($0.state.rawValue), MySQLValue($0.until),
                        MySQLValue($0.author),
                    ]
                }),
            Put(upsert: .sessions, rows: pass.sessions.map { session($0, fleet: fleet) }),
        ].filter { !$0.rows.isEmpty }
    }

    private static func deployment(
        _ change: RecordPass.DeploymentChange, fleet: MySQLValue
    ) throws -> [MySQLValue] {
        let deployment = change.deployment
        let schedule: String? =
            switch deployment.power {
            case .schedule(let name): name
            case .state: nil
            }
        return [
            fleet, .string(deployment.name), .string(User.key(deployment.user)), .string(deployment.bot),
            .string(change.region), MySQLValue(schedule), .int(Int64(deployment.count)), MySQLValue(deployment.protect),
            .string(try CanonicalJSON.encode(deployment)), MySQLValue(change.cursor), MySQLValue(change.nextTransition),
        ]
    }

    static func session(_ session: Session, fleet: MySQLValue) -> [MySQLValue] {
        [
            fleet, .string(session.instance), MySQLValue(session.scheduledFor), .string(session.action.rawValue),
            MySQLValue(session.deployment), .string(User.key(session.user)), MySQLValue(session.executedAt),
            .string(session.outcome.rawValue), .int(Int64(session.attempts)), .string(session.source.rawValue),
            MySQLValue(session.error.map(ErrorText.clipped)), MySQLValue(session.calledAt),
            MySQLValue(session.nextAttemptAt), MySQLValue(session.apply),
        ]
    }

    private static func step(_ step: Step, fleet: MySQLValue) -> [MySQLValue] {
        [
            fleet, .string(step.id), MySQLValue(step.apply), .string(step.address.description), .string(step.action),
            .string(step.region), .string(step.request), MySQLValue(step.clientToken), .string(step.outcome.rawValue),
            MySQLValue(step.result), MySQLValue(step.error.map(ErrorText.clipped)),
        ]
    }

    private static func deletions(of addresses: [Address]) -> [Deletion] {
        Address.Kind.deletionOrder.compactMap { kind in
            let keys = addresses.filter { $0.kind == kind }.map { address in
                address.regionAndUser.map { [$0.region, $0.user] } ?? [address.key]
            }
            return keys.isEmpty ? nil : deletion(kind, keys)
        }
    }

    private static func deletion(_ kind: Address.Kind, _ keys: [[String]]) -> Deletion {
        let (table, columns) =
            switch kind {
            case .fleet: ("fleets", ["name"])
            case .region: ("regions", ["name"])
            case .user: ("users", ["email"])
            case .schedule: ("schedules", ["name"])
            case .bot: ("bots", ["name"])
            case .securityGroup: ("security_groups", ["region", "user_email"])
            case .keyPair: ("key_pairs", ["region", "user_email"])
            case .bundle: ("bundles", ["bot"])
            case .deployment: ("deployments", ["name"])
            case .instance: ("instances", ["name"])
            }
        return Deletion(
            kind: kind, table: table, fleetColumn: kind == .fleet ? "id" : "fleet_id", columns: columns, keys: keys)
    }
}

extension Address.Kind {
    /// What refers to others comes before what is referred to.
    fileprivate static let deletionOrder: [Address.Kind] = [
        .instance, .deployment, .securityGroup, .keyPair, .bundle, .bot, .schedule, .user, .region, .fleet,
    ]
}
