import FleetModel
import Planning

/// What an apply tells while it works.
public enum ApplyProgress: Sendable {
    /// Waiting for a lease whose holder seems to have died.
    case waiting(Lease)
    /// Finishing or undoing a step of an interrupted apply.
    case recovering(Step)
    /// A change is begun; one of its `finished` and `failed` follows.
    case started(Change)
    /// A change goes on: `stopping i-…`, `waiting for running`.
    case doing(Change, String)
    /// AWS and MySQL both have what was wanted.
    case finished(Change)
    /// A change failed, with its error as one line; what depends on it is skipped.
    case failed(Change, String)
    /// Not begun, because what it depends on failed.
    case skipped(Change, because: Address)
}

/// How an apply ended.
public struct ApplyReport: Sendable {
    /// What was approved, without what a saved plan left out.
    public var plan: Plan
    /// In the order in which they were done.
    public var done: [Address]
    /// With the error of each, as it is recorded too.
    public var failed: [(address: Address, error: String)]
    /// Changes that were not begun, with the broken one that each depends on.
    public var skipped: [(address: Address, because: Address)]
    /// Changes that were not begun, or not waited for, because the apply was told to stop.
    public var notBegun: [Address]

    /// A report on a plan of which nothing is done yet.
    public init(plan: Plan) {
        self.plan = plan
        self.done = []
        self.failed = []
        self.skipped = []
        self.notBegun = []
    }

    /// Whether everything was done.
    public var isComplete: Bool { failed.isEmpty && skipped.isEmpty && notBegun.isEmpty }
}
