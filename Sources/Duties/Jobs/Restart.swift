import FleetModel
import FleetStore
import Scheduling

/// Stops instances and starts them again, each with a session of its own for both, at the time that it was asked for.
///
/// Those sessions tell how far it is, so that another may go on where this process dies: the job stays in the queue until both are done.
struct Restart: Sendable {
    let context: DutyContext
    /// When it was asked for: the sessions' time.
    let time: Instant
    let tell: @Sendable (JobProgress) -> Void

    /// Restarts what runs of these; false where some was left to the runner, or failed.
    func run(_ names: [String]) async throws -> Bool {
        let found = try await context.store.deployments(fleetID: context.fleetID, named: names)
        try await found.requireAll(names, in: context)
        let instances = found.instances(named: names)
        var stopping: [String] = []
        var isWhole = true
        for (deployment, name) in instances {
            do {
                if try await session(.stop, of: name) == nil { try await stop(name, of: deployment) }
                tell(.doing("\(name): stopping"))
                stopping.append(name)
            } catch let error as JobFailure {
                tell(.failed(name, error))
                isWhole = false
            }
        }
        _ = try await SessionWait(context: context, tell: tell).carryOut(stopping)
        var starting: [String] = []
        for (deployment, name) in instances where stopping.contains(name) {
            do {
                if try await session(.start, of: name) == nil { try await start(name, of: deployment) }
                tell(.doing("\(name): starting"))
                starting.append(name)
            } catch let error as JobFailure {
                tell(.failed(name, error))
                isWhole = false
            }
        }
        let isDone = try await SessionWait(context: context, tell: tell).carryOut(starting)
        for name in starting where try await session(.start, of: name)?.outcome == .succeeded {
            tell(.done("\(name): restarted"))
        }
        return isWhole && isDone
    }

    private func stop(_ name: String, of deployment: DueDeployment) async throws {
        let state = deployment.instances.first { $0.name == name }?.state
        guard state?.power == .running else {
            throw JobFailure.notRunning(instance: name, state: state?.rawValue ?? "unknown")
        }
        try await record(.stop, name, deployment)
    }

    private func start(_ name: String, of deployment: DueDeployment) async throws {
        let stop = try await session(.stop, of: name)
        guard stop?.outcome == .succeeded else {
            throw JobFailure.stopFailed(instance: name, reason: stop?.error)
        }
        let wanted = try DeploymentTimeline(deployment, override: deployment.overrides[name], book: context.book)
            .wanted(at: try await context.store.databaseNow())
        guard wanted.state != .stopped else {
            throw JobFailure.overruled(instance: name, why: "it is to be stopped by now")
        }
        try await record(.start, name, deployment)
    }

    private func record(_ action: Session.Action, _ name: String, _ deployment: DueDeployment) async throws {
        let session = Session(
            instance: name, deployment: deployment.deployment.name, user: deployment.user.key, action: action,
            scheduledFor: time, outcome: .pending, source: .manual)
        let count = try await context.store.record(unlessPending: [session], fleetID: context.fleetID, under: [])
        guard count == 1 else { throw JobFailure.pending(instance: name) }
    }

    /// The session of this restart, where there is one already.
    private func session(_ action: Session.Action, of name: String) async throws -> Session? {
        try await context.store.sessions(
            fleetID: context.fleetID, filter: SessionFilter(instance: name, since: time, until: time + 1)
        ).first { $0.action == action && $0.scheduledFor == time }
    }
}
