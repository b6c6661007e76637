import FleetModel
import LibCrypto

/// The ordered changes between what the files want and what is there (SPEC 4): data only, and the same for the same
/// inputs.
public struct Plan: Hashable, Sendable, Codable {
    /// How many changes there are of each kind that the summary line counts.
    public struct Summary: Hashable, Sendable, Codable {
        /// Things made anew, lost instances that are launched again among them.
        public var create = 0
        /// Updates in place, starts, stops and adoptions.
        public var update = 0
        /// Instances that are terminated and launched anew.
        public var replace = 0
        /// Things that go, in AWS or in MySQL alone.
        public var delete = 0

        /// A summary of no changes.
        public init() {}
    }

    /// A figure of the recorded fleet and of the planned one.
    public struct BeforeAfter: Hashable, Sendable, Codable {
        /// What is recorded comes to.
        public var before: Double
        /// What the files come to, once they are applied.
        public var after: Double

        /// Two values of one unit, which the property of the plan names.
        public init(before: Double, after: Double) {
            self.before = before
            self.after = after
        }
    }

    /// The starts and stops of the next seven days of a deployment whose schedule changes.
    public struct Upcoming: Hashable, Sendable, Codable {
        /// One start or stop to come.
        public struct Entry: Hashable, Sendable, Codable {
            /// From the plan's moment on, seven days at most.
            public var at: Instant
            /// With the zone's offset: `2026-03-29T03:00:00+02:00`.
            public var local: String
            /// What happens to every instance of the deployment.
            public var action: Session.Action

            /// A transition with the local time that people know it by.
            public init(at: Instant, local: String, action: Session.Action) {
                self.at = at
                self.local = local
                self.action = action
            }
        }

        /// The deployment's.
        public var address: Address
        /// The IANA zone of the local times: the schedule's, else the user's.
        public var timezone: String
        /// In the order of time; empty where nothing happens in the seven days.
        public var transitions: [Entry]

        /// What a changed schedule means for one deployment.
        public init(address: Address, timezone: String, transitions: [Entry]) {
            self.address = address
            self.timezone = timezone
            self.transitions = transitions
        }
    }

    /// The newest format of a plan's JSON; grows when older readers would misread it.
    public static let formatVersion = 1

    /// The format that this plan was written in; apply refuses any but the newest.
    public var formatVersion = Plan.formatVersion
    /// The fleet's name: a plan of another is never applied.
    public var fleet: String
    /// The fleet repository's commit, 40 hex digits; nil outside git.
    public var commit: String?
    /// Whether files differed from that commit, or were not in it.
    public var dirty: Bool
    /// The moment that schedules were judged at, by the database's clock.
    public var createdAt: Instant
    /// SHA-256 over all changes' fingerprints.
    public var fingerprint: String
    /// In the order of their addresses: what others need comes before them.
    public var changes: [Change]
    /// By address and attribute.
    public var drift: [Drift]
    /// What concerns the whole fleet first, then by address.
    public var notes: [PlanNote]
    /// For deployments with a schedule or hold, where what explains their power changes.
    public var upcoming: [Upcoming]
    /// Counts ``changes`` alone, not drift.
    public var summary: Summary
    /// Instance hours that schedules and states ask for in a week.
    public var runningHoursPerWeek: BeforeAfter
    /// USD a week for what `prices` knows; nil where no price is given.
    public var costPerWeek: BeforeAfter?
    /// What the plan was restricted to, as given.
    public var targets: [Address]
    /// The addresses of `--replace`, as given.
    public var replacements: [Address]
    /// Whether `--upgrade-images` was given.
    public var upgradesImages: Bool

    private enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case fleet, commit, dirty
        case createdAt = "created_at"
        case fingerprint, changes, drift, notes, upcoming, summary
        case runningHoursPerWeek = "running_hours_per_week"
        case costPerWeek = "cost_per_week"
        case targets, replacements
        case upgradesImages = "upgrades_images"
    }

    /// A plan of these changes, with its summary and fingerprint computed from them.
    public init(
        fleet: String, commit: String?, dirty: Bool, createdAt: Instant, changes: [Change], drift: [Drift] = [],
        notes: [PlanNote] = [], upcoming: [Upcoming] = [], runningHoursPerWeek: BeforeAfter,
        costPerWeek: BeforeAfter? = nil, options: PlanOptions = PlanOptions()
    ) {
        self.fleet = fleet
        self.commit = commit
        self.dirty = dirty
        self.createdAt = createdAt
        self.changes = changes
        self.drift = drift
        self.notes = notes
        self.upcoming = upcoming
        self.runningHoursPerWeek = runningHoursPerWeek
        self.costPerWeek = costPerWeek
        self.targets = options.targets
        self.replacements = options.replacements
        self.upgradesImages = options.upgradesImages
        self.summary = Plan.summary(of: changes)
        self.fingerprint = Plan.fingerprint(of: changes)
    }

    /// Whether there is nothing to do. Drift that no change undoes does not count.
    public var isEmpty: Bool { changes.isEmpty }

    /// What was asked for when this plan was made, to plan the same anew.
    public var options: PlanOptions {
        PlanOptions(targets: targets, replacements: replacements, upgradesImages: upgradesImages)
    }

    /// The addresses of a saved plan whose change no longer holds against this plan, made anew from the same options.
    public func addressesThatMoved(since saved: Plan) -> [Address] {
        let now = Dictionary(changes.map { ($0.address, $0.fingerprint) }, uniquingKeysWith: { first, _ in first })
        return saved.changes.filter { now[$0.address] != $0.fingerprint }.map(\.address)
    }

    /// This plan with only the changes of another's addresses.
    public func restricted(to other: Plan) -> Plan {
        let wanted = Set(other.changes.map(\.address))
        var copy = self
        copy.changes = changes.filter { wanted.contains($0.address) }
        copy.summary = Plan.summary(of: copy.changes)
        copy.fingerprint = Plan.fingerprint(of: copy.changes)
        return copy
    }

    private static func fingerprint(of changes: [Change]) -> String {
        SHA256.hex(changes.map { "\($0.address)=\($0.fingerprint)\n" }.joined())
    }

    static func summary(of changes: [Change]) -> Summary {
        changes.reduce(into: Summary()) { summary, change in
            switch change.action {
            case .create, .restore: summary.create += 1
            case .update, .start, .stop, .adopt: summary.update += 1
            case .replace: summary.replace += 1
            case .delete: summary.delete += 1
            }
        }
    }
}
