import FleetModel
import FleetStore
import Reconciling
import Scheduling
import Synchronization

/// Records due transitions as sessions: the half of a tick that instance:start and instance:stop share.
public struct DueRecorder: Sendable {
    /// Deployments whose transitions are recorded in one transaction.
    private static let deploymentsPerStep = 500
    /// Seconds until a deployment is looked at again whose transitions could not be told.
    private static let pauseAfterFailure = 300

    private let context: DutyContext

    /// A recorder for one fleet.
    public init(_ context: DutyContext) { self.context = context }

    /// Records all transitions up to now of the deployments in these regions, whose scheduling leases are held.
    ///
    /// One statement where nothing is due. A deployment whose schedule can't be told (its zone is gone from the system's data)
    /// keeps its cursor, is named in `errors`, and is looked at again minutes later; the others go on.
    public func record(regions: [String], now: Instant) async throws -> (recorded: Int, errors: [String: String]) {
        let decision = DueDecision(now: now, book: context.book)
        var recorded = 0
        var errors: [String: String] = [:]
        while true {
            let due = try await context.store.dueDeployments(
                fleetID: context.fleetID, regions: regions, now: now, limit: DueRecorder.deploymentsPerStep)
            guard !due.isEmpty else { return (recorded, errors) }
            let leases = try await context.keeper.held(regions.map(DutyContext.schedulingLease))
            let failures = Mutex<[String: String]>([:])
            // Each step moves what is next past now, or a cursor ahead, so this ends.
            recorded += try await context.store.advanceCursors(
                of: due, fleetID: context.fleetID, now: now, under: leases,
                decide: { deployments in
                    deployments.map { deployment in
                        do throws(TimeZoneFailure) {
                            return try decision.advance(deployment)
                        } catch {
                            let address = Address.deployment(deployment.deployment.name).description
                            failures.withLock { $0[address] = DutyOutcome.text(error) }
                            return CursorAdvance(
                                deployment: deployment.deployment.name, cursor: deployment.cursor,
                                next: now + DueRecorder.pauseAfterFailure, sessions: [])
                        }
                    }
                })
            errors.merge(failures.withLock { $0 }) { first, _ in first }
        }
    }
}
