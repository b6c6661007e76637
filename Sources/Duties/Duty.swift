import Diagnostics
import FleetModel
import FleetStore
import Reconciling
import Scheduling

/// Recurring work of a runner: `instance:start`, `instance:stop`, …
///
/// A duty may be run at any time, twice at once and after any pause, and comes to the same end state.
public protocol Duty: Sendable {
    /// What it is called in files, lists and logs.
    var name: DutyName { get }

    /// What runners share it out by.
    var scope: DutyScope { get }

    /// Does what is due in some regions; the outcome tells of each region by itself.
    ///
    /// The caller holds the regions' leases, or for a duty of the whole fleet the fleet's, and then gives all regions.
    /// Throws only what concerns all regions: the database is gone, a lease was lost.
    func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome
}

extension Duty {
    /// Region by region.
    public var scope: DutyScope { .region }
}

/// What runners share a duty out by.
public enum DutyScope: Hashable, Sendable {
    /// Each region's part by whoever holds the region's lease.
    case region
    /// All of it by whoever holds ``DutyContext/fleetLease``.
    case fleet

    /// The leases without which the duty is not done in these regions.
    public func leases(regions: [String]) -> [String] {
        switch self {
        case .region: regions.map(DutyContext.schedulingLease)
        case .fleet: [DutyContext.fleetLease]
        }
    }
}

/// What duties work with.
public struct DutyContext: Sendable {
    /// How starts and stops are carried out; its leases are set for each region.
    public var power: PowerContext
    /// The recorded state.
    public let store: FleetStore
    /// The fleet's row number.
    public let fleetID: Int64
    /// Who holds the leases.
    public let keeper: LeaseKeeper
    /// Schedules, each compiled once for as long as the process lives.
    public let book: ScheduleBook
    /// Where bots come from.
    public let bots: BotSources

    /// A context of one fleet.
    public init(
        power: PowerContext, store: FleetStore, fleetID: Int64, keeper: LeaseKeeper, book: ScheduleBook,
        bots: BotSources
    ) {
        self.power = power
        self.store = store
        self.fleetID = fleetID
        self.keeper = keeper
        self.book = book
        self.bots = bots
    }

    /// The lease that lets a process do duties in a region: record and carry out starts and stops above all.
    public static func schedulingLease(region: String) -> String { "scheduling/\(region)" }

    /// The lease that lets a process do the duties that are not done region by region.
    public static let fleetLease = "duties/fleet"

    /// The fleet's settings as they were applied last.
    public var settings: FleetSettings { power.settings }

    /// Runs a body for each region at once, under its lease; what it throws fails that region alone.
    func eachRegion(
        _ regions: [String], under scope: DutyScope = .region,
        _ body: @escaping @Sendable (String, PowerContext, inout DutyOutcome) async throws -> Void
    ) async -> DutyOutcome {
        await withTaskGroup(of: DutyOutcome.self) { group in
            for region in regions {
                group.addTask {
                    var outcome = DutyOutcome()
                    do {
                        try await body(region, power.under(scope.leases(regions: [region])), &outcome)
                    } catch {
                        outcome.fail(region, error)
                    }
                    return outcome
                }
            }
            var outcome = DutyOutcome()
            for await part in group { outcome.add(part) }
            return outcome
        }
    }
}

/// What came of a duty.
public struct DutyOutcome: Sendable {
    /// What was carried out, over all regions.
    public var report = PowerReport()
    /// How many sessions were recorded.
    public var recorded = 0
    /// How many rows AWS's listings changed.
    public var changed = 0
    /// Why a region, a deployment (`deployment.NAME`) or what the fleet shares (`fleet`, `instance.NAME`) failed.
    public var errors: [String: String] = [:]
    /// What a person should look at, though nothing failed.
    public var notes: [String] = []
    /// Errors that say that something is badly wrong: another account, too much lost at once.
    public var alarms: [String] = []
    /// Why AWS could not be reached, where that failed a region.
    public var unreachable: String?

    /// Nothing yet.
    public init() {}

    /// Both together: regions are worked on at once, each with an outcome of its own.
    public mutating func add(_ other: DutyOutcome) {
        report.add(other.report)
        recorded += other.recorded
        changed += other.changed
        errors.merge(other.errors) { first, _ in first }
        notes += other.notes
        alarms += other.alarms
        unreachable = unreachable ?? other.unreachable
    }

    /// Notes why a region, or another part, failed.
    mutating func fail(_ part: String, _ error: any Error) {
        errors[part] = DutyOutcome.text(error)
        if (error as? ReconcileFailure)?.isAlarm == true { alarms.append(DutyOutcome.text(error)) }
        if PowerContext.isUnreachable(error) { unreachable = DutyOutcome.text(error) }
    }

    /// How it went where it is recorded: in each of these regions, or once for the fleet.
    public func records(
        of duty: any Duty, regions: [String], startedAt: Instant, finishedAt: Instant, nextAt: Instant?
    ) -> [RecordedDuty] {
        let record = { (region: String?, error: String?) in
            RecordedDuty(
                name: duty.name, region: region, startedAt: startedAt, finishedAt: finishedAt, error: error,
                nextAt: nextAt)
        }
        let first = errors.min { $0.key < $1.key }?.value
        switch duty.scope {
        case .fleet: return [record(nil, first)]
        case .region:
            let ofDeployment = errors.filter { $0.key.hasPrefix("deployment.") }.min { $0.key < $1.key }?.value
            return regions.map { record($0, errors[$0] ?? ofDeployment) }
        }
    }

    /// An error as it is logged and recorded: what it says to people, bounded.
    public static func text(_ error: any Error) -> String {
        let text = (error as? any DescribedFailure).map { $0.summary } ?? String(describing: error)
        return String(text.prefix(1000))
    }
}
