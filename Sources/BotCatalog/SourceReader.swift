import Diagnostics
import FleetModel
import LibGit2

/// Reads the bots of a source at a commit of its cached repository.
struct SourceReader {
    let source: BotSource
    let repository: GitRepository
    let ignore: IgnoreList

    /// Files over this size are not looked into: no script with comment blocks is that long.
    private static let fileLimit = 4 << 20

    init(_ source: BotSource, in repository: GitRepository) {
        self.source = source
        self.repository = repository
        ignore = IgnoreList(source.ignore)
    }

    /// What the .js files of a commit turned out to be.
    struct Scan {
        let commit: GitCommit
        /// By path, candidates alone, in order of path.
        let files: [(path: String, reading: BotFileParser.Reading)]

        /// Scripts that are bots.
        var botPaths: Set<String> { Set(files.filter { $0.reading.bot != nil }.map(\.path)) }
    }

    /// Parses every .js file that is not ignored.
    func scan(_ commit: GitCommit) async throws(GitError) -> Scan {
        let entries = try await repository.tree(commit.id).filter { entry in
            (entry.kind == .file || entry.kind == .executable) && entry.path.suffix(3).elementsEqual(".js".utf8)
                && !ignore.ignores(entry.pathText)
        }
        let contents = try await repository.blobs(
            entries.map(\.id), limit: Self.fileLimit, where: CommentBlock.mayOccur(in:))
        var files: [(path: String, reading: BotFileParser.Reading)] = []
        for (entry, bytes) in zip(entries, contents) {
            guard let bytes else { continue }
            let path = entry.pathText
            let reading = BotFileParser.parse(
                bytes, source: source.name, path: path, commit: commit.id.hex, file: fileName(path, commit.id))
            if reading.isCandidate { files.append((path, reading)) }
        }
        return Scan(commit: commit, files: files)
    }

    /// The bots at a commit; those whose file broke since keep the version that `recorded` names.
    func read(_ commit: GitCommit, recorded: [Bot]) async throws(GitError) -> CatalogReading {
        let scan = try await scan(commit)
        var diagnostics = scan.files.flatMap(\.reading.diagnostics)
        var found: [String: CatalogBot] = [:]
        var places: [String: String] = [:]
        let paths = scan.botPaths
        for (path, reading) in scan.files {
            guard let bot = reading.bot else { continue }
            if let first = places[bot.name] {
                let message = "bot '\(bot.name)' is defined twice: in \(first) and in \(path)"
                diagnostics.append(.error(SourceLocation(file: fileName(path, commit.id)), message))
                continue
            }
            places[bot.name] = path
            found[bot.name] = catalogBot(bot, commit, botPaths: paths)
        }
        var older: [ObjectID: Scan] = [:]
        for (path, reading) in scan.files where reading.bot == nil {
            guard let last = lastGood(path, reading.name, recorded), found[last.name] == nil else { continue }
            let kept = try await keep(last, &older)
            found[last.name] = kept
            diagnostics.append(
                Diagnostic(
                    .note, SourceLocation(file: fileName(path, commit.id)),
                    "bot '\(last.name)' keeps its last good version, of commit \(last.commit?.prefix(12) ?? "unknown")")
            )
        }
        return CatalogReading(
            commit: commit.id.hex, bots: found.values.sorted { $0.bot.name < $1.bot.name },
            diagnostics: diagnostics.sorted())
    }

    /// The recorded bot that a broken file was: by its path, else by the name it still says.
    private func lastGood(_ path: String, _ name: String?, _ recorded: [Bot]) -> Bot? {
        let own = recorded.filter { $0.source == source.name && $0.commit != nil }
        return own.first { $0.path == path } ?? own.first { $0.name == name }
    }

    /// The recorded version as its commit has it; as recorded, where the cache lost that commit.
    private func keep(_ bot: Bot, _ older: inout [ObjectID: Scan]) async throws(GitError) -> CatalogBot {
        guard let id = bot.commit.flatMap(ObjectID.init(hex:)) else { return lost(bot) }
        if older[id] == nil {
            do throws(GitError) {
                older[id] = try await scan(try await repository.commit(id))
            } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        guard let scan = older[id],
            let again = scan.files.first(where: { $0.path == bot.path && $0.reading.bot?.name == bot.name })?.reading
                .bot
        else { return lost(bot) }
        return catalogBot(again, scan.commit, botPaths: scan.botPaths)
    }

    /// A bot whose commit is not in the cache: its bundle can't be made again, and its key matches none that could be.
    private func lost(_ bot: Bot) -> CatalogBot {
        let contents = BundleContents.tree(
            repository: repository.path, commit: bot.commit ?? "", tree: "", ignore: ignore, excluded: [])
        return CatalogBot(bot: bot, bundleKey: contents.key(script: bot.path), contents: contents)
    }

    private func catalogBot(_ bot: Bot, _ commit: GitCommit, botPaths: Set<String>) -> CatalogBot {
        let contents = BundleContents.tree(
            repository: repository.path, commit: commit.id.hex, tree: commit.tree.hex, ignore: ignore,
            excluded: botPaths.subtracting([bot.path]))
        return CatalogBot(bot: bot, bundleKey: contents.key(script: bot.path), contents: contents)
    }

    private func fileName(_ path: String, _ commit: ObjectID) -> String {
        "\(source.name)@\(commit.hex.prefix(12)):\(path)"
    }
}
