/// What a person's start or stop of one instance is recorded as.
public struct PowerRequest: Hashable, Sendable {
    /// The instance's name.
    public var instance: String
    /// Its deployment, whose next transition may come earlier by it.
    public var deployment: String
    /// What stands from now on; nil takes away what stood.
    public var override: PowerOverride?
    /// What is to be done now; nil where nothing is.
    public var session: Session?

    /// A request for one instance.
    public init(instance: String, deployment: String, override: PowerOverride?, session: Session?) {
        self.instance = instance
        self.deployment = deployment
        self.override = override
        self.session = session
    }
}
