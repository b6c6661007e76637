import FleetModel
import FleetStore
import Reconciling

/// `instance:sync`: what AWS shows of recorded instances into MySQL, and starts and stops by hand undone under `enforce`.
public struct SyncDuty: Duty {
    /// `instance:sync`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .syncInstances }

    /// Looks at all instances of these regions, each by itself.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        await withTaskGroup(of: DutyOutcome.self) { group in
            for region in regions { group.addTask { await sync(region, context, now) } }
            var outcome = DutyOutcome()
            for await part in group { outcome.add(part) }
            return outcome
        }
    }

    private func sync(_ region: String, _ context: DutyContext, _ now: Instant) async -> DutyOutcome {
        var outcome = DutyOutcome()
        do {
            let power = context.power.under([DutyContext.schedulingLease(region: region)])
            let report = try await InstanceSync(power, region: region, book: context.book).run(now: now)
            outcome.recorded = report.enforced
            outcome.changed = report.changed
        } catch {
            outcome.fail(region, error)
        }
        return outcome
    }
}
