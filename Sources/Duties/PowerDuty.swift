import FleetModel
import FleetStore
import Reconciling
import Scheduling

/// `instance:start` and `instance:stop`: records what is due, and carries out the starts or the stops that are pending.
///
/// With nothing due it is two statements, whatever the number of deployments, and no call of AWS.
public struct PowerDuty: Duty {
    /// What it carries out.
    public let action: Session.Action
    /// Whether it also looks for transitions that are due; where both duties are run together, one of them suffices.
    public let recordsDue: Bool

    /// `instance:start` or `instance:stop`.
    public init(_ action: Session.Action, recordsDue: Bool = true) {
        self.action = action
        self.recordsDue = recordsDue
    }

    /// What it is called.
    public var name: DutyName { action == .start ? .start : .stop }

    /// Pending sessions that one run takes up; more are left to the next.
    private static let sessionsPerRun = 20_000

    /// Records and carries out what is due by now.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        var outcome = DutyOutcome()
        if recordsDue {
            let due = try await DueRecorder(context).record(regions: regions, now: now)
            outcome.recorded = due.recorded
            outcome.errors = due.errors
        }
        let pending = try await context.store.pendingSessions(
            fleetID: context.fleetID, action: action, regions: regions, now: now, limit: PowerDuty.sessionsPerRun)
        let byRegion = Dictionary(grouping: pending, by: \.instance.region)
        outcome.add(
            await context.eachRegion(byRegion.keys.sorted()) { region, power, part in
                part.report = try await PowerRun(power, action: action, region: region, now: now)
                    .carryOut(byRegion[region] ?? [])
            })
        return outcome
    }
}
