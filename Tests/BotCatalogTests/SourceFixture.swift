import BotCatalog
import FleetModel
import FleetTestSupport
import Foundation

/// A git repository of bots, made by the git command, beside a fleet folder and a cache.
struct SourceFixture {
    let folder: URL
    var upstream: URL { folder.appending(path: "upstream") }
    var cache: URL { folder.appending(path: "cache") }
    var fleet: URL { folder.appending(path: "fleet") }

    static let environment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "C",
        "GIT_COMMITTER_EMAIL": "c@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    ]

    /// Runs a test with a repository that holds these files in one commit on `main`.
    static func with<Result>(
        _ files: [String: String], _ body: (SourceFixture) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let fixture = SourceFixture(folder: folder)
            for folder in [fixture.upstream, fixture.fleet] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            try await fixture.git("init -q -b main")
            if !files.isEmpty { try await fixture.commit(files) }
            return try await body(fixture)
        }
    }

    @discardableResult
    func git(_ line: String) async throws -> String {
        try await succeed(
            ["git"] + line.split(separator: " ").map(String.init), environment: Self.environment, in: upstream
        ).trimmingCharacters(in: .newlines)
    }

    /// Writes files (nil removes one), commits everything and returns the commit's id.
    @discardableResult
    func commit(_ files: [String: String?], message: String = "change") async throws -> String {
        for (path, text) in files {
            if let text {
                try upstream.write(text, to: path)
            } else {
                try FileManager.default.removeItem(at: upstream.appending(path: path))
            }
        }
        try await git("add -A")
        try await git("commit -q --allow-empty -m \(message)")
        return try await git("rev-parse HEAD")
    }

    /// A reader for the fleet folder with a cache of its own.
    func reader(_ environment: [String: String] = [:]) -> BotCatalogReader {
        BotCatalogReader(folder: fleet.path, cacheFolder: cache.path, environment: environment)
    }

    /// The source `puppeteer`, at the relative path that leads to it.
    func source(ref: String = "main", ignore: [String] = []) -> BotSource {
        BotSource(name: "puppeteer", url: "../upstream", ref: ref, ignore: ignore)
    }

    /// The one bare repository in the cache.
    func cachedRepository() throws -> URL {
        let sources = cache.appending(path: "sources")
        let names = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".git") }
        guard names.count == 1 else { throw CommandFailure(command: [], problem: "the cache holds \(names)") }
        return sources.appending(path: names[0])
    }

    /// The text of a bot's script.
    static func bot(_ name: String, params: String = "[]", body: String = "main();") -> String {
        "/** ABOUT\n{\"name\": \"\(name)\"}\n*/\n/** PARAMS\n\(params)\n*/\n\(body)\n"
    }
}
