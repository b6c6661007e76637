import AWSCloud
import FleetModel
import FleetStore

/// Terminates an instance because a person says so, and records that it was meant: neither instance:sync nor an apply launches it
/// again until it is restored or its file changes (SPEC 6).
///
/// Its row, its parameters and its results in the bucket stay. Killed over its call, the next apply or instance:sync finishes it.
public struct DeliberateTermination: Sendable {
    private let context: PowerContext

    /// Terminations of a fleet's instances, under the leases of a context.
    public init(_ context: PowerContext) { self.context = context }

    /// Terminates one instance under its operation lock, and says what was done.
    ///
    /// Throws where it is protected, not managed, being launched, or another works on it; and what AWS answers.
    public func terminate(_ name: String, now: Instant) async throws -> String {
        try await context.account.check()
        let lock = LeaseKeeper.operation(name)
        if case .held(let other) = try await context.keeper.acquire(lock) {
            throw ReconcileFailure.busy(instance: name, other)
        }
        do {
            let text = try await carryOut(name, lock, now)
            await context.keeper.release(lock)
            return text
        } catch {
            await context.keeper.release(lock)
            throw error
        }
    }

    private func carryOut(_ name: String, _ lock: String, _ now: Instant) async throws -> String {
        let row = try await terminable(name)
        guard row.state != .terminated else { return "terminated before" }
        let rows = try await ending(row, now)
        guard let id = row.instanceID, row.state != .lost else {
            try await context.journal.write(rows, lock: lock)
            return "there was no machine; it stays without one until it is restored"
        }
        var going = row
        going.state = .terminating
        let request = TerminationRequest(instanceID: id, forgets: false, isDeliberate: true)
        try await context.journal.perform(
            Journal.Entry(
                address: .instance(name), action: "TerminateInstances", region: row.region,
                request: try CanonicalJSON.encode(request), opening: [.putInstance(going)],
                refused: { error in
                    var refused = row
                    refused.lastError = Journal.text(error)
                    return [.putInstance(refused)]
                }),
            lock: lock,
            call: {
                do {
                    _ = try await context.aws.ec2(region: row.region).terminateInstances(ids: [id])
                } catch let error as AWSError where error.isNotFound {
                    // Gone is what was wanted.
                }
            },
            settled: { _ in (rows, id) })
        return "terminated \(id)"
    }

    /// The row, read under the lock, once nothing keeps it from being terminated.
    private func terminable(_ name: String) async throws -> RecordedInstance {
        guard let row = try await context.store.instance(fleetID: context.fleetID, name: name), row.managed else {
            throw ReconcileFailure.notReady(
                "'\(name)' is not managed by this fleet", hint: "botfleet instances shows who is")
        }
        // What cannot be read protects: the other error loses an instance.
        let isProtected = try row.spec.map { try CanonicalJSON.decode(InstanceSpec.self, from: $0).protect } ?? false
        guard !isProtected else {
            throw ReconcileFailure.notReady(
                "'\(name)' is protected", hint: "set protect: false in its deployment's file and apply that first")
        }
        let open = try await context.store.openSteps(fleetID: context.fleetID, instances: [name])
        guard !open.contains(where: { $0.action == "RunInstances" }) else {
            throw ReconcileFailure.notReady(
                "the launch of '\(name)' is not settled yet", hint: "try again in a minute")
        }
        return row
    }

    /// What the records say once it is gone: nothing is to be done to it any more, and the history tells who ended it.
    private func ending(_ row: RecordedInstance, _ now: Instant) async throws -> [RecordChange] {
        var ended = row
        ended.state = .terminated
        ended.publicIP = nil
        ended.privateIP = nil
        ended.lastError = nil
        ended.endUpTime(at: now)
        var rows: [RecordChange] = [.putInstance(ended), .clearOverride(instance: row.name)]
        for pending in try await context.store.pendingSessions(fleetID: context.fleetID, instances: [row.name]) {
            var old = pending.session
            old.outcome = .superseded
            old.calledAt = nil
            old.nextAttemptAt = nil
            rows.append(.putSession(old))
        }
        if row.state.isAlive {
            let session = Session(
                instance: row.name, deployment: row.deployment, user: row.user, action: .stop, scheduledFor: now,
                outcome: .pending, source: .manual
            ).succeeded(at: now)
            rows += [.putSession(session), .event(session.event)]
        }
        return rows + [InstanceWorker.event("InstanceStatusUpdated", ended, state: .terminated)]
    }
}
