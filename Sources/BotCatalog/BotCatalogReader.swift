import Diagnostics
import FleetModel
import LibGit2

/// The bots that a fleet can run: from git sources through a cache of bare repositories, and from the fleet's own files.
///
/// Nothing is checked out; no hook or filter runs. What is read depends on the files, the cache and the environment that
/// are passed in alone.
public struct BotCatalogReader: Sendable {
    private let folder: String
    private let cache: SourceCache
    private let environment: [String: String]

    /// The bytes of content that a bundle may have unless told otherwise: 256 MiB.
    public static let bundleLimit = 256 << 20

    /// A reader for the fleet repository at `folder` (absolute).
    ///
    /// `cacheFolder` is created when it is needed; `environment` resolves `{env: NAME}` and HOME.
    public init(folder: String, cacheFolder: String, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
        cache = SourceCache(folder: cacheFolder)
    }

    /// $XDG_CACHE_HOME/botfleet, else ~/.cache/botfleet, else (without HOME) /var/tmp/botfleet.
    ///
    /// As the XDG base directory specification has it, a relative XDG_CACHE_HOME is passed over.
    public static func defaultCacheFolder(environment: [String: String]) -> String {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/botfleet" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.cache/botfleet" }
        return "/var/tmp/botfleet"
    }

    /// Fetches a source, pins its commit and reads every bot there.
    ///
    /// `recorded` is what MySQL holds of bots (those of other sources are passed over): a bot whose file no longer parses
    /// keeps that version, with a warning. Throws when the repository can't be had or lacks the `ref`; what is wrong with
    /// single files is in the reading's diagnostics.
    public func fetch(
        _ source: BotSource, recorded: [Bot] = [], deadline: Duration = .seconds(120),
        progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws(BotCatalogError) -> CatalogReading {
        let address = try SourceAddress(source, folder: folder, environment: environment)
        let subject = Self.subject(source)
        let end = ContinuousClock.now + deadline
        var isSecondTry = false
        while true {
            let repository = try await cache.fetch(
                address, ref: source.ref, subject: subject, deadline: end - .now, progress: progress)
            let reading: CatalogReading?
            do throws(GitError) {
                reading = try await read(source, in: repository, recorded: recorded)
            } catch {
                // A commit whose files are missing or damaged: the cache lost them, and fetching won't bring them back.
                guard !isSecondTry, error.suggestsDamage || error.code == .notFound else {
                    throw BotCatalogError(error, of: subject)
                }
                isSecondTry = true
                try await cache.discard(address.url, until: end)
                continue
            }
            guard let reading else { throw await missing(source, in: repository) }
            return reading
        }
    }

    /// Reads a source from the cache alone; nil when it, or its `ref`, is not cached.
    public func cached(_ source: BotSource, recorded: [Bot] = []) async throws(BotCatalogError) -> CatalogReading? {
        let url = try SourceAddress.url(of: source, folder: folder)
        do throws(GitError) {
            guard let repository = try await cache.open(url) else { return nil }
            return try await read(source, in: repository, recorded: recorded)
        } catch {
            guard error.suggestsDamage || error.code == .notFound else {
                throw BotCatalogError(error, of: Self.subject(source))
            }
            return nil
        }
    }

    /// Reads a custom bot from its files' bytes.
    ///
    /// Blocks that are missing or broken are errors, as is a name in ABOUT other than the document's. In the bundle the files lie side by side under their own names.
    public func read(_ custom: CustomBot) -> CatalogReading {
        let script = Self.fileName(custom.script.path)
        var files = [script: custom.script.bytes]
        if let package = custom.package { files["package.json"] = package.bytes }
        if let lock = custom.lock { files[Self.fileName(lock.path)] = lock.bytes }
        let reading = BotFileParser.parse(
            custom.script.bytes, source: Bot.customSource, path: script, commit: nil, file: custom.script.path,
            faults: .error)
        var diagnostics = reading.diagnostics
        let place = SourceLocation(file: custom.script.path)
        if !reading.isCandidate {
            diagnostics.append(
                .error(
                    place, "no ABOUT and no PARAMS comment (bot '\(custom.name)' needs both at the head of its script)")
            )
        }
        if let name = reading.name, name != custom.name {
            diagnostics.append(.error(place, "ABOUT calls this bot '\(name)', its document calls it '\(custom.name)'"))
        }
        guard let bot = reading.bot, bot.name == custom.name else {
            return CatalogReading(commit: nil, bots: [], diagnostics: diagnostics.sorted())
        }
        let contents = BundleContents.files(files)
        let found = CatalogBot(bot: bot, bundleKey: contents.key(script: script), contents: contents)
        return CatalogReading(commit: nil, bots: [found], diagnostics: diagnostics.sorted())
    }

    /// Makes the bundle of a bot of one of the readings above; more than `limit` bytes of content are refused.
    public func bundle(_ bot: CatalogBot, limit: Int = bundleLimit) async throws(BotCatalogError) -> BotBundle {
        let writer = BundleWriter(name: bot.bot.name, script: bot.bot.path, limit: limit)
        switch bot.contents {
        case .files(let files):
            return try writer.bundle(files)
        case .tree(let path, let commit, _, let ignore, let excluded):
            let subject = "the bundle of bot '\(bot.bot.name)'"
            guard let id = ObjectID(hex: commit) else {
                throw BotCatalogError(.notFound, "\(subject): its commit is not known")
            }
            let repository: GitRepository
            do throws(GitError) {
                repository = try await GitRepository.open(path)
            } catch {
                throw BotCatalogError(error, of: subject)
            }
            return try await writer.bundle(repository, commit: id, ignore: ignore, excluded: excluded)
        }
    }

    /// The bots at a source's `ref`; nil where there is no such ref.
    private func read(
        _ source: BotSource, in repository: GitRepository, recorded: [Bot]
    ) async throws(GitError) -> CatalogReading? {
        let commit: GitCommit
        do throws(GitError) {
            commit = try await repository.resolve(source.ref)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        return try await SourceReader(source, in: repository).read(commit, recorded: recorded)
    }

    /// The error of a `ref` that is not there, with what is.
    private func missing(_ source: BotSource, in repository: GitRepository) async -> BotCatalogError {
        let names: [String]
        do throws(GitError) { names = try await repository.branchesAndTags() } catch { names = [] }
        return BotCatalogError(
            .notFound, "\(Self.subject(source)): \(source.url) has no branch, tag or commit '\(source.ref)'",
            hint: Self.hint(for: source.ref, names))
    }

    private static func hint(for ref: String, _ names: [String]) -> String {
        if names.isEmpty { return "the repository is empty: push a commit first" }
        if let near = Suggestion.nearest(to: ref, among: names) { return "did you mean '\(near)'?" }
        return "it has: \(names.prefix(10).joined(separator: ", "))\(names.count > 10 ? ", …" : "")"
    }

    private static func subject(_ source: BotSource) -> String { "bot source '\(source.name)'" }

    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
