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
        await withTaskGroup(of: (String, Result<SyncReport, any Error>).self) { group in
            for region in regions {
                group.addTask {
                    let power = context.power.under([DutyContext.schedulingLease(region: region)])
                    do {
                        let sync = InstanceSync(power, region: region, book: context.book)
                        return (region, .success(try await sync.run(now: now)))
                    } catch {
                        return (region, .failure(error))
                    }
                }
            }
            var outcome = DutyOutcome()
            for await (region, result) in group {
                switch result {
                case .success(let report):
                    outcome.recorded += report.enforced
                    outcome.changed += report.changed
                case .failure(let error): outcome.fail(region, error)
                }
            }
            return outcome
        }
    }
}
