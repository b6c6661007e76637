import FleetModel

/// The desired state: the files at a commit, and the bots of their sources at theirs.
public struct DesiredState: Sendable, Equatable {
    /// The files, without errors.
    public var repository: FleetRepository
    /// The whole catalogue, by name.
    public var bots: [String: Bot]
    /// Where each bot is declared, `bots/puppeteer.yaml:1`.
    public var botLocations: [String: String]
    /// What each deployed bot's bundle is to be, by bot.
    public var bundles: [String: RecordedBundle]
    /// Each deployed bot's script within its bundle.
    public var scripts: [String: String]
    /// The fleet repository's commit, 40 hex digits; nil outside git.
    public var commit: String?
    /// Whether files differ from that commit, or are not in it.
    public var dirty: Bool

    /// A desired state; what bots and bundles leave out is an error of the deployments that need it.
    public init(
        repository: FleetRepository, bots: [String: Bot], botLocations: [String: String] = [:],
        bundles: [String: RecordedBundle] = [:], scripts: [String: String] = [:], commit: String? = nil,
        dirty: Bool = false
    ) {
        self.repository = repository
        self.bots = bots
        self.botLocations = botLocations
        self.bundles = bundles
        self.scripts = scripts
        self.commit = commit
        self.dirty = dirty
    }
}

/// The observed state: what AWS has, from complete listings of every region that files or records name.
public struct ObservedState: Sendable, Equatable {
    /// By AWS's name of the region.
    public var regions: [String: ObservedRegion]
    /// The image that each region's `image: default` means now; only asked for by `--upgrade-images`.
    public var defaultImages: [String: String]

    /// Listings by region; one that is left out looks as if all in it were lost.
    public init(regions: [String: ObservedRegion] = [:], defaultImages: [String: String] = [:]) {
        self.regions = regions
        self.defaultImages = defaultImages
    }
}
