import Diagnostics

/// What the files of a fleet repository want: the desired state, less what the bot sources say.
public struct FleetRepository: Sendable, Equatable {
    /// fleet/fleet.yaml, the one file that every repository has.
    public var settings: Located<FleetSettings>
    /// In the order of fleet/regions.yaml; their names are unique.
    public var regions: [Located<Region>]
    /// In the order of fleet/users.yaml; their addresses are unique without regard to case.
    public var users: [Located<User>]
    /// By file name and then by place in the file; no two would have an instance of the same name.
    public var deployments: [Located<Deployment>]
    /// By file name and then by place in the file.
    public var schedules: [Located<Schedule>]
    /// The documents of bots/ that name a git repository; their bots are known only once it is fetched.
    public var sources: [Located<BotSource>]
    /// The documents of bots/ that name a script beside them.
    public var customBots: [Located<CustomBot>]

    /// What was read from each folder; all but the settings may be empty.
    public init(
        settings: Located<FleetSettings>, regions: [Located<Region>] = [], users: [Located<User>] = [],
        deployments: [Located<Deployment>] = [], schedules: [Located<Schedule>] = [],
        sources: [Located<BotSource>] = [], customBots: [Located<CustomBot>] = []
    ) {
        self.settings = settings
        self.regions = regions
        self.users = users
        self.deployments = deployments
        self.schedules = schedules
        self.sources = sources
        self.customBots = customBots
    }
}
