import FleetModel

/// A duty of the runner as `duties` lists it.
public struct DutyRow: Hashable, Sendable {
    /// `instance:sync`.
    public var name: String
    /// nil for duties that are not done region by region.
    public var region: String?
    /// Its interval.
    public var every: TimeSpan
    /// When it was last begun; nil before the first time.
    public var lastRunAt: Instant?
    /// How long the last run took.
    public var tookSeconds: Int?
    /// How the last run ended: `succeeded`, `failed`; nil before the first.
    public var outcome: String?
    /// Why the last run failed.
    public var error: String?
    /// The runner that does it; nil while nobody does.
    public var holder: LeaseHolder?
    /// When it is due.
    public var nextAt: Instant?

    /// A duty.
    public init(
        name: String, region: String?, every: TimeSpan, lastRunAt: Instant? = nil, tookSeconds: Int? = nil,
        outcome: String? = nil,
        error: String? = nil, holder: LeaseHolder? = nil, nextAt: Instant? = nil
    ) {
        self.name = name
        self.region = region
        self.every = every
        self.lastRunAt = lastRunAt
        self.tookSeconds = tookSeconds
        self.outcome = outcome
        self.error = error
        self.holder = holder
        self.nextAt = nextAt
    }
}

extension DutyRow: Listable {
    /// What several are called.
    public static var plural: String { "duties" }

    /// What people see of one.
    public static var columns: [ListColumn<DutyRow>] {
        [
            ListColumn("DUTY") { row, _ in Cell(row.name) },
            ListColumn("REGION") { row, _ in Cell(row.region) },
            ListColumn("EVERY") { row, _ in Cell(row.every.description) },
            ListColumn("LAST RUN") { row, context in Cell(row.lastRunAt.map { Spans.relative($0, to: context.now) }) },
            ListColumn("TOOK") { row, _ in Cell(row.tookSeconds.map { Spans.text(seconds: $0) }) },
            ListColumn("OUTCOME") { row, _ in Cell(row.outcome, row.error == nil ? .good : .bad) },
            ListColumn("NEXT") { row, context in Cell(row.nextAt.map { Spans.relative($0, to: context.now) }) },
            ListColumn("RUNNER") { row, _ in Cell(row.holder?.shown) },
            ListColumn("ERROR", narrowest: 18) { row, _ in Cell(row.error) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", name), Field("region", region), Field("every_seconds", every.seconds),
            Field("last_run_at", lastRunAt),
            Field("took_seconds", tookSeconds), Field("outcome", outcome), Field("error", error),
            Field("runner", holder?.shown), Field("next_at", nextAt),
        ]
    }
}

extension LeaseHolder {
    /// `host/4711`.
    var shown: String { "\(host)/\(pid)" }
}
