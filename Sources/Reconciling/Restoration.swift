import FleetModel
import FleetStore
import Scheduling

/// Brings instances back that were terminated or lost, under their names: the same bot version, parameters and results (SPEC 6).
///
/// It records a start, which instance:start or the caller carries out: AWS is searched by tags first, so a machine that is still there is
/// taken back and none is made twice.
public struct Restoration: Sendable {
    private let context: PowerContext
    private let book: ScheduleBook

    /// Restorations of a fleet's instances, under the leases of a context.
    public init(_ context: PowerContext, book: ScheduleBook) {
        self.context = context
        self.book = book
    }

    /// Records that an instance of a deployment is to be launched again; nil where there is a machine already.
    ///
    /// Throws where a hold or a suspended user keeps it stopped, or another works on it.
    public func restore(_ name: String, of deployment: DueDeployment, now: Instant) async throws -> Session? {
        let running = PowerOverride(instance: name, state: .running, until: nil)
        let wanted = try DeploymentTimeline(deployment, override: running, book: book).wanted(at: now)
        guard wanted.state == .running else {
            throw ReconcileFailure.notReady(
                "'\(name)' is kept stopped by its user's status or a hold", hint: "change the files and apply")
        }
        let lock = LeaseKeeper.operation(name)
        if case .held(let other) = try await context.keeper.acquire(lock) {
            throw ReconcileFailure.busy(instance: name, other)
        }
        do {
            let session = try await record(name, deployment, lock, now)
            await context.keeper.release(lock)
            return session
        } catch {
            await context.keeper.release(lock)
            throw error
        }
    }

    private func record(
        _ name: String, _ deployment: DueDeployment, _ lock: String, _ now: Instant
    ) async throws -> Session? {
        guard var row = try await context.store.instance(fleetID: context.fleetID, name: name), row.managed else {
            throw ReconcileFailure.notReady("'\(name)' is not managed by this fleet", hint: "run botfleet apply")
        }
        guard row.state != .terminating else {
            throw ReconcileFailure.notReady(
                "'\(name)' is being terminated outside botfleet", hint: "botfleet sync instances, once it is gone")
        }
        guard !row.state.isAlive else { return nil }
        if row.state == .terminated {
            // From here on it is as good as lost: whoever starts it launches it.
            row.state = .lost
            try await context.journal.write(
                [.putInstance(row), InstanceWorker.event("InstanceStatusUpdated", row, state: row.state)], lock: lock)
        }
        let session = Session(
            instance: name, deployment: deployment.deployment.name, user: deployment.user.key, action: .start,
            scheduledFor: now, outcome: .pending, source: .restore)
        _ = try await context.store.record(
            unlessPending: [session], fleetID: context.fleetID,
            under: try await context.keeper.held(context.leases + [lock]))
        return session
    }
}
