import BotCatalog
import Diagnostics
import FleetFiles
import FleetModel
import LibGit2
import Planning
import Scheduling

/// A folder's desired state as far as it could be read, with everything there is to say about it.
public struct DesiredReading: Sendable {
    /// nil where the files or their bots have errors.
    public var desired: DesiredState?
    /// Of files and bots, sorted.
    public var diagnostics: [Diagnostic]
    /// The author of the commit: `Anna <anna@example.com>`; nil outside git.
    public var author: String?
    /// The catalogue's entries of deployed bots, to build their bundles from.
    public var catalogue: [String: CatalogBot]

    /// What a reading came to; `desired` is nil where `diagnostics` has errors.
    public init(
        desired: DesiredState?, diagnostics: [Diagnostic], author: String? = nil, catalogue: [String: CatalogBot] = [:]
    ) {
        self.desired = desired
        self.diagnostics = diagnostics
        self.author = author
        self.catalogue = catalogue
    }
}

/// Where sources' bots come from.
public enum SourceAccess: Sendable {
    /// From the network, at the commit that each ref has now.
    case fetch
    /// From what an earlier fetch left; no network. Sources never fetched are only warned about.
    case cache
}

/// Reads the desired state: the files of a folder, the commit they are at, and the bots of their sources.
public struct DesiredLoader: Sendable {
    /// The fleet repository, or a folder with the same files outside git.
    public let folder: String
    /// The time zones that schedules and users may name.
    public let zones: ZoneDatabase
    private let catalog: BotCatalogReader

    /// A loader that keeps what it fetches of sources in the user's cache folder.
    ///
    /// - Parameters:
    ///   - folder: the fleet repository.
    ///   - environment: for `{env: NAME}` of sources and for the cache's folder.
    public init(folder: String, environment: [String: String], zones: ZoneDatabase) {
        self.folder = folder
        self.zones = zones
        self.catalog = BotCatalogReader(
            folder: folder, cacheFolder: BotCatalogReader.defaultCacheFolder(environment: environment),
            environment: environment)
    }

    /// The files alone: no network, no database, no bots of sources.
    public func files() -> LoadedFleet {
        FleetLoader.load(
            from: folder, zoneExists: { zones.contains($0) }, zoneNames: { zones.names() })
    }

    /// Files, commit and bots; bundles are built only where nothing recorded says what they are.
    ///
    /// - Throws: ``BotCatalogError`` where a source cannot be fetched or a bundle not be built, ``GitError`` of the
    ///   fleet's own repository.
    public func load(
        _ loaded: LoadedFleet, recorded: RecordedState, sources: SourceAccess,
        progress: @escaping @Sendable (String, FetchProgress) -> Void = { _, _ in }
    ) async throws -> DesiredReading {
        let reading = try await checked(loaded, recorded: recorded, sources: sources, progress: progress)
        guard let repository = loaded.repository, !reading.diagnostics.hasErrors else {
            return DesiredReading(desired: nil, diagnostics: reading.diagnostics)
        }
        return try await desired(repository, reading, recorded)
    }

    /// All there is to say about the files and their bots, sorted: as ``load(_:recorded:sources:progress:)`` says it
    /// without a database or the network. The commit is not looked at, which spares a look at every file's state in git.
    ///
    /// - Throws: ``BotCatalogError`` where a bundle cannot be built.
    public func check(_ loaded: LoadedFleet) async throws -> [Diagnostic] {
        let recorded = RecordedState()
        let reading = try await checked(loaded, recorded: recorded, sources: .cache) { _, _ in }
        if let repository = loaded.repository, !reading.diagnostics.hasErrors {
            _ = try await deployed(repository, reading, recorded)
        }
        return reading.diagnostics
    }

    /// The bots, with the diagnostics of files and bots together; no bots where the files have errors.
    private func checked(
        _ loaded: LoadedFleet, recorded: RecordedState, sources: SourceAccess,
        progress: @escaping @Sendable (String, FetchProgress) -> Void
    ) async throws -> Bots {
        guard let repository = loaded.repository, !loaded.diagnostics.hasErrors else {
            return Bots(diagnostics: loaded.diagnostics)
        }
        var reading = try await bots(of: repository, recorded: recorded, sources: sources, progress: progress)
        reading.diagnostics += loaded.diagnostics
        let view = BotCatalogueView(bots: reading.bots.map(\.bot), uncheckedSources: reading.unchecked)
        reading.diagnostics += checkBots(repository, catalogue: view)
        reading.diagnostics = Set(reading.diagnostics).sorted()
        return reading
    }

    /// The archive of a bot's bundle.
    public func bundle(_ bot: CatalogBot) async throws -> BotBundle { try await catalog.bundle(bot) }

    // MARK: Bots

    fileprivate struct Bots {
        var bots: [CatalogBot] = []
        var locations: [String: String] = [:]
        var diagnostics: [Diagnostic] = []
        var unchecked: Set<String> = []

        /// The first of each name.
        var byName: [String: CatalogBot] {
            Dictionary(bots.map { ($0.bot.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private func bots(
        of repository: FleetRepository, recorded: RecordedState, sources: SourceAccess,
        progress: @escaping @Sendable (String, FetchProgress) -> Void
    ) async throws -> Bots {
        var result = Bots()
        for custom in repository.customBots {
            let reading = catalog.read(custom.value)
            result.add(reading.bots, at: custom.location)
            result.diagnostics += reading.diagnostics
        }
        let before = DesiredLoader.recordedBots(recorded)
        for source in repository.sources {
            let known = before[source.value.name] ?? []
            let reading: CatalogReading?
            switch sources {
            case .fetch:
                let name = source.value.name
                reading = try await catalog.fetch(source.value, recorded: known) { progress(name, $0) }
            case .cache: reading = try await catalog.cached(source.value, recorded: known)
            }
            guard let reading else {
                result.unchecked.insert(source.value.name)
                result.diagnostics.append(
                    .warning(
                        source.place(of: "url"),
                        "source '\(source.value.name)' was never fetched, so its bots are not checked "
                            + "(botfleet plan fetches it)"))
                continue
            }
            result.add(reading.bots, at: source.location)
            result.diagnostics += reading.diagnostics
        }
        return result
    }

    /// The last good versions that MySQL has, by source.
    private static func recordedBots(_ recorded: RecordedState) -> [String: [Bot]] {
        var result: [String: [Bot]] = [:]
        for (address, row) in recorded.definitions where address.kind == .bot {
            // A row that cannot be read is as good as none: the source's current version stands.
            guard let bot = try? CanonicalJSON.decode(Bot.self, from: row.json), bot.commit != nil else { continue }
            result[bot.source, default: []].append(bot)
        }
        return result
    }

    // MARK: The whole

    private func desired(
        _ repository: FleetRepository, _ reading: Bots, _ recorded: RecordedState
    ) async throws -> DesiredReading {
        let used = try await deployed(repository, reading, recorded)
        let head = try await GitRepository.discover(from: folder)
        let commit = try await head?.head().commit
        var isDirty = false
        if let head { isDirty = try await !head.status().isClean }
        let state = DesiredState(
            repository: repository, bots: reading.byName.mapValues(\.bot), botLocations: reading.locations,
            bundles: used.bundles, scripts: used.bots.mapValues(\.bot.path), commit: commit?.id.hex, dirty: isDirty)
        return DesiredReading(
            desired: state, diagnostics: reading.diagnostics,
            author: commit.map { "\($0.author.name) <\($0.author.email)>" }, catalogue: used.bots)
    }

    /// The bots that deployments name, and what their bundles are.
    private func deployed(
        _ repository: FleetRepository, _ reading: Bots, _ recorded: RecordedState
    ) async throws -> (bots: [String: CatalogBot], bundles: [String: RecordedBundle]) {
        let byName = reading.byName
        var bots: [String: CatalogBot] = [:]
        var bundles: [String: RecordedBundle] = [:]
        for name in Set(repository.deployments.map(\.value.bot)).sorted() {
            guard let bot = byName[name] else { continue }
            bots[name] = bot
            bundles[name] = try await bundleIdentity(bot, recorded.bundles[name])
        }
        return (bots, bundles)
    }

    /// What a bot's bundle is: as recorded where it was built from the same files, else built to be known.
    private func bundleIdentity(_ bot: CatalogBot, _ recorded: RecordedBundle?) async throws -> RecordedBundle {
        if let recorded, recorded.key == bot.bundleKey { return recorded }
        let bundle = try await catalog.bundle(bot)
        // The same content stays the same bundle, whatever another zlib makes of it.
        if var recorded, recorded.contentDigest == bundle.contentDigest {
            recorded.key = bot.bundleKey
            return recorded
        }
        return RecordedBundle(
            key: bot.bundleKey, contentDigest: bundle.contentDigest, digest: bundle.digest, size: bundle.archive.count)
    }
}

extension DesiredLoader.Bots {
    fileprivate mutating func add(_ found: [CatalogBot], at location: SourceLocation) {
        bots += found
        for bot in found where locations[bot.bot.name] == nil {
            locations[bot.bot.name] = "\(location.file):\(location.line)"
        }
    }
}

extension DesiredLoader {
    /// Whether one commit of the fleet's repository is an ancestor of another; false where either is unknown here.
    func isAncestor(_ commit: String, of other: String) async throws -> Bool {
        guard let repository = try await GitRepository.discover(from: folder), let older = ObjectID(hex: commit),
            let newer = ObjectID(hex: other)
        else { return false }
        do {
            return try await repository.isAncestor(older, of: newer)
        } catch let error where error.code == .notFound {
            return false
        }
    }
}
