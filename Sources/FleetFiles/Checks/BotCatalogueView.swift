import FleetModel

/// What is known of bots when deployments are checked against them.
public struct BotCatalogueView: Sendable, Equatable {
    /// Custom bots (their source is `Bot.customSource`) and those of the sources that were read, in any order.
    public var bots: [Bot]
    /// Names of the sources that could not be read: a bot that is unknown may be theirs, so it is a warning only.
    public var uncheckedSources: Set<String>

    /// A view of these bots.
    public init(bots: [Bot], uncheckedSources: Set<String> = []) {
        self.bots = bots
        self.uncheckedSources = uncheckedSources
    }
}
