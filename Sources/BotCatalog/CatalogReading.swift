import Diagnostics
import FleetModel

/// What a source or a custom bot's files say.
public struct CatalogReading: Equatable, Sendable {
    /// The pinned commit, 40 hex digits; nil for a custom bot.
    public let commit: String?
    /// Sorted by name, each name once.
    public let bots: [CatalogBot]
    /// Sorted. For a source, files are called `SOURCE@COMMIT:PATH` (12 digits of the commit); for a custom bot, by their
    /// path in the fleet repository.
    public let diagnostics: [Diagnostic]
}

/// A bot, and what its bundle is made of.
public struct CatalogBot: Equatable, Sendable {
    /// The bot as its file describes it; `bot.commit` is older than the reading's for a last good version that was kept.
    public let bot: Bot
    /// What the bundle is made from, 64 hex digits: bundles of one key are the same, so one need not be made to compare it.
    public let bundleKey: String
    let contents: BundleContents
}
