/// A deployment whose next transition has come, with all that its transitions follow from.
public struct DueDeployment: Hashable, Sendable {
    /// As it was applied last.
    public var deployment: Deployment
    /// Where its instances are.
    public var region: String
    /// Up to when its transitions are accounted for.
    public var cursor: Instant
    /// Whose it is.
    public var user: User
    /// nil where it has a fixed state.
    public var schedule: Schedule?
    /// Its managed instances, by name.
    public var instances: [RecordedInstanceState]
    /// By instance name.
    public var overrides: [String: PowerOverride]

    /// A deployment and what explains its power.
    public init(
        deployment: Deployment, region: String, cursor: Instant, user: User, schedule: Schedule?,
        instances: [RecordedInstanceState] = [], overrides: [String: PowerOverride] = [:]
    ) {
        self.deployment = deployment
        self.region = region
        self.cursor = cursor
        self.user = user
        self.schedule = schedule
        self.instances = instances
        self.overrides = overrides
    }
}

/// An instance's name and recorded state.
public struct RecordedInstanceState: Hashable, Sendable {
    /// Its identity.
    public var name: String
    /// What was recorded last.
    public var state: InstanceState

    /// A name in a state.
    public init(name: String, state: InstanceState) {
        self.name = name
        self.state = state
    }
}

/// What a tick makes of a due deployment: its transitions as sessions, and how far it looked.
public struct CursorAdvance: Hashable, Sendable {
    /// The deployment's name.
    public var deployment: String
    /// Up to when its transitions are accounted for now.
    public var cursor: Instant
    /// The first transition after the cursor; nil for none.
    public var next: Instant?
    /// Of each instance in time order; at most the last one of an instance is pending.
    public var sessions: [Session]

    /// An advance of one deployment.
    public init(deployment: String, cursor: Instant, next: Instant?, sessions: [Session]) {
        self.deployment = deployment
        self.cursor = cursor
        self.next = next
        self.sessions = sessions
    }
}

/// A start or stop that is to be carried out, with its instance's row.
public struct PendingSession: Hashable, Sendable {
    /// The newest pending one of its instance.
    public var session: Session
    /// The row as it was read with it.
    public var instance: RecordedInstance

    /// A pending session of an instance.
    public init(session: Session, instance: RecordedInstance) {
        self.session = session
        self.instance = instance
    }
}
