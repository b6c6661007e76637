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

    /// Does what is due in some regions, whose leases the caller holds; the outcome tells of each region by itself.
    ///
    /// Throws only what concerns all regions: the database is gone, a lease was lost.
    func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome
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

    /// A context of one fleet.
    public init(
        power: PowerContext, store: FleetStore, fleetID: Int64, keeper: LeaseKeeper, book: ScheduleBook
    ) {
        self.power = power
        self.store = store
        self.fleetID = fleetID
        self.keeper = keeper
        self.book = book
    }

    /// The lease that lets a process do duties in a region: record and carry out starts and stops above all.
    public static func schedulingLease(region: String) -> String { "scheduling/\(region)" }

    /// The fleet's settings as they were applied last.
    public var settings: FleetSettings { power.settings }

    /// Runs a body for each region at once, under its lease; what it throws fails that region alone.
    func eachRegion(
        _ regions: [String], _ body: @escaping @Sendable (String, PowerContext, inout DutyOutcome) async throws -> Void
    ) async -> DutyOutcome {
        await withTaskGroup(of: DutyOutcome.self) { group in
            for region in regions {
                group.addTask {
                    var outcome = DutyOutcome()
                    do {
                        try await body(
                            region, power.under([DutyContext.schedulingLease(region: region)]), &outcome)
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
    /// Why a region, or a deployment (`deployment.NAME`), failed.
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

    /// Notes why a region failed.
    mutating func fail(_ region: String, _ error: any Error) {
        errors[region] = DutyOutcome.text(error)
        if (error as? ReconcileFailure)?.isAlarm == true { alarms.append(DutyOutcome.text(error)) }
        if PowerContext.isUnreachable(error) { unreachable = DutyOutcome.text(error) }
    }

    /// An error as it is logged and recorded: what it says to people, bounded.
    public static func text(_ error: any Error) -> String {
        let text = (error as? any DescribedFailure).map { $0.summary } ?? String(describing: error)
        return String(text.prefix(1000))
    }
}
