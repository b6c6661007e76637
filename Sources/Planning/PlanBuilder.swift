import Diagnostics
import FleetModel
import LibCrypto
import Scheduling

/// The plan while it is being made. Its extensions each plan one kind of thing.
struct PlanBuilder {
    let desired: DesiredState
    let resolved: ResolvedFleet
    let recorded: RecordedState
    let observed: ObservedState
    let now: Instant
    let zones: ZoneDatabase
    let options: PlanOptions

    var changes: [Change] = []
    var drift: [Drift] = []
    var notes: [PlanNote] = []
    var diagnostics: [Diagnostic]
    /// Addresses that a change needs first; filled only for `--target`.
    private(set) var requirements: [Address: Set<Address>] = [:]
    var powers: PowerBook
    let sources: PowerSources

    init(
        desired: DesiredState, resolved: ResolvedFleet, recorded: RecordedState, observed: ObservedState, now: Instant,
        zones: ZoneDatabase, options: PlanOptions
    ) throws {
        self.desired = desired
        self.resolved = resolved
        self.recorded = recorded
        self.observed = observed
        self.now = now
        self.zones = zones
        self.options = options
        self.diagnostics = resolved.diagnostics
        self.powers = PowerBook(now: now, zones: zones)
        self.sources = try PowerSources(desired, recorded)
    }

    var settings: FleetSettings { desired.repository.settings.value }
    var fleet: String { settings.name }

    /// Adds a change with its fingerprint: over what is wanted, the recorded revision, and what was seen of it.
    ///
    /// The state that an instance passes through is no part of it, nor is its power where that is explained by
    /// something that moves with the clock: a plan saved at noon still holds in the evening.
    mutating func add(_ change: Change, revision: Int?, seen: String = "", powerIsExplained: Bool = false) throws {
        var change = change
        var before = change.before ?? .null
        var after = change.after ?? .null
        if change.address.kind == .instance {
            before.set("state", nil)
            if powerIsExplained { after.set("state", nil) }
        }
        let parts = [
            change.address.description, change.action.rawValue, try CanonicalJSON.encode(before),
            try CanonicalJSON.encode(after), revision.map(String.init) ?? "-", seen,
        ]
        if case .instance(var operation)? = change.operation {
            operation.plannedGeneration = recorded.instances[operation.name]?.generation
            change.operation = .instance(operation)
        }
        change.fingerprint = SHA256.hex(parts.joined(separator: "\n"))
        changes.append(change)
    }

    /// Notes what an address needs, where that is asked for.
    mutating func require(_ address: @autoclosure () -> Address, _ needed: @autoclosure () -> Set<Address>) {
        guard !options.targets.isEmpty else { return }
        requirements[address(), default: []].formUnion(needed())
    }

    /// `FILE:LINE` of a place.
    static func fileAndLine(_ location: SourceLocation) -> String { "\(location.file):\(location.line)" }

    /// The finished plan: changes in the order of their addresses.
    mutating func result() throws -> PlanResult {
        if options.refreshOnly {
            changes = []
            for index in drift.indices { drift[index].fixed = false }
        }
        let sorted = changes.sorted { $0.address < $1.address }
        let figures = try weeklyFigures()
        let plan = Plan(
            fleet: fleet, commit: desired.commit, dirty: desired.dirty, createdAt: now,
            changes: sorted, drift: drift.sorted { ($0.address, $0.attribute) < ($1.address, $1.attribute) },
            notes: notes.sorted(), upcoming: try upcomingTransitions(), runningHoursPerWeek: figures.hours,
            costPerWeek: figures.cost, options: options)
        return PlanResult(plan: plan, diagnostics: diagnostics.sorted())
    }
}
