import AWSCloud
import FleetModel
import FleetStore
import Planning

/// Launching, from what the files say.
extension InstanceWorker {
    func launch(_ row: RecordedInstance?) async throws -> Settling? {
        guard let spec = operation.spec, let deployment = operation.deployment else { return nil }
        let address = (region: spec.region, user: spec.user)
        let session = session(.start)
        let seen = try await launcher.launch(
            try blank(row, spec), spec: spec, deployment: deployment,
            material: LaunchMaterial(
                region: context.region(spec.region), bot: context.desired.bots[spec.bot],
                groupID: await context.ids.group(region: address.region, user: address.user),
                keyName: context.hasKey(spec.user)
                    ? await context.ids.key(region: address.region, user: address.user) : nil),
            session: session, opening: opening(session), lock: lock, now: context.startedAt)
        return Settling(
            name: operation.name, instanceID: seen.instanceID, region: spec.region, power: .running, session: session)
    }

    var launcher: Launcher {
        Launcher(
            aws: context.aws, journal: journal, images: context.images,
            place: LaunchPlace(context.settings, fleetID: context.fleetID, endpoint: context.endpoint),
            report: { text in report(text) })
    }

    /// The session of this apply's start or stop: the one that an interrupted apply left pending, or a new one.
    func session(_ action: Session.Action) -> Session {
        if let pending = context.pendingSessions[operation.name], pending.action == action { return pending }
        return Session(
            instance: operation.name, deployment: operation.deployment, user: operation.spec?.user ?? "",
            action: action, scheduledFor: context.startedAt, outcome: .pending, source: operation.source,
            apply: context.journal.applyID)
    }
}

extension InstanceWorker {
    /// A session as it begins; one that was pending for the other action is superseded by it.
    func opening(_ session: Session) -> [RecordChange] {
        guard var old = context.pendingSessions[operation.name], old.action != session.action else {
            return [.putSession(session)]
        }
        old.outcome = .superseded
        return [.putSession(old), .putSession(session)]
    }
}

/// One of the ways in which an instance can be launched.
struct LaunchChoice: Hashable, CustomStringConvertible {
    var type: String
    /// nil leaves it to AWS.
    var subnet: String?

    var description: String { subnet.map { "\(type) in \($0)" } ?? type }

    /// Types in order of preference, and for each the subnets in theirs.
    static func all(types: [String], subnets: [String]) -> [LaunchChoice] {
        types.flatMap { type in
            subnets.isEmpty ? [LaunchChoice(type: type)] : subnets.map { LaunchChoice(type: type, subnet: $0) }
        }
    }
}
