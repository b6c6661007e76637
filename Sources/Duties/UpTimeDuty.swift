import AWSCloud
import FleetModel
import FleetStore
import Reconciling

/// `instance:calculate-up-time`: how long each running instance has been up, from AWS's launch times.
///
/// Counting twice, by two runners at once or after a clock was wrong, comes to the same: each count begins from the launch time.
public struct UpTimeDuty: Duty {
    /// `instance:calculate-up-time`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .calculateUpTime }

    /// Lists each region, and writes the rows whose minutes changed.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        await context.eachRegion(regions) { region, power, outcome in
            try await power.account.check()
            let rows = try await context.store.instances(fleetID: context.fleetID, region: region)
            let listed = try await power.aws.ec2(region: region).instances()
            let seen = Dictionary(listed.map { ($0.instanceID, $0) }, uniquingKeysWith: { first, _ in first })
            let counts = rows.compactMap { row in
                row.instanceID.flatMap { seen[$0] }.flatMap { UpTimeCount(row, $0, now: now) }
            }
            outcome.changed = try await context.store.record(counts, fleetID: context.fleetID)
        }
    }
}

extension UpTimeCount {
    /// What a machine's row should say of its up time; nil where it says so already.
    init?(_ row: RecordedInstance, _ seen: ObservedInstance, now: Instant) {
        var counted = row
        switch seen.state {
        case .running:
            guard let launch = seen.launchedAt else { return nil }
            counted.countUpTime(from: launch, to: now)
        case .stopping, .stopped, .terminating, .terminated: counted.endUpTime(at: seen.stoppedAt)
        case .planned, .launching, .lost: return nil
        }
        guard counted != row else { return nil }
        self.init(before: row, after: counted)
    }
}
