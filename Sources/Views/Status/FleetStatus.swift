import FleetModel

/// A fleet at a glance, from what is recorded.
public struct FleetStatus: Hashable, Sendable {
    /// The fleet's name.
    public var fleet: String
    /// The AWS account of the first apply; nil before it.
    public var accountID: String?
    /// The moment that this is about.
    public var now: Instant
    /// Managed instances by state.
    public var instances: [InstanceState: Int]
    /// Instances of known users that botfleet only lists.
    public var unmanaged: Int
    /// In any order.
    public var deployments: [DeploymentRow]
    /// What is due next, in any order.
    public var due: [DueTransition]
    /// How much somebody changed in AWS by hand; nil where it was not looked for.
    public var drift: Int?
    /// nil before the first.
    public var lastApply: ApplyRow?
    /// Runners that renewed their lease lately.
    public var runners: [RunnerRow]
    /// What people's start and stop hold now.
    public var overrides: [PowerOverride]

    /// A fleet's state at `now`.
    public init(
        fleet: String, accountID: String?, now: Instant, instances: [InstanceState: Int], unmanaged: Int,
        deployments: [DeploymentRow], due: [DueTransition], drift: Int?, lastApply: ApplyRow?, runners: [RunnerRow],
        overrides: [PowerOverride] = []
    ) {
        self.fleet = fleet
        self.accountID = accountID
        self.now = now
        self.instances = instances
        self.unmanaged = unmanaged
        self.deployments = deployments
        self.due = due
        self.drift = drift
        self.lastApply = lastApply
        self.runners = runners
        self.overrides = overrides
    }
}

/// A start or stop of a deployment that is due.
public struct DueTransition: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// The local time as people say it: `Mon 08:00`; nil shows UTC.
    public var local: String?
    /// What.
    public var action: Session.Action
    /// Whose instances.
    public var deployment: String
    /// How many of them.
    public var instances: Int

    /// A start or stop to come.
    public init(at: Instant, local: String?, action: Session.Action, deployment: String, instances: Int) {
        self.at = at
        self.local = local
        self.action = action
        self.deployment = deployment
        self.instances = instances
    }
}

/// A runner that is alive.
public struct RunnerRow: Hashable, Sendable {
    /// The process.
    public var holder: LeaseHolder
    /// When it began.
    public var since: Instant
    /// When it last renewed its lease.
    public var seenAt: Instant

    /// A runner.
    public init(holder: LeaseHolder, since: Instant, seenAt: Instant) {
        self.holder = holder
        self.since = since
        self.seenAt = seenAt
    }
}
