import BotCatalog
import FleetModel
import FleetTestSupport
import Foundation
import LibGit2
import Synchronization
import Testing

@Suite struct SourceCacheTests {
    private func names(_ reading: CatalogReading?) -> [String]? { reading?.bots.map(\.bot.name) }

    @Test func cacheIsABareRepositoryThatOnlyItsOwnerReads() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            _ = try await fixture.reader().fetch(fixture.source())
            let cached = try fixture.cachedRepository()
            try await succeed(["git", "fsck", "--strict"], environment: SourceFixture.environment, in: cached)
            #expect(!FileManager.default.fileExists(atPath: cached.path + "/a.js"))
            let mode = try await succeed(["stat", "-c", "%a", fixture.cache.path + "/sources"])
            #expect(mode == "700\n")
        }
    }

    @Test func twoSourcesOfOneURLShareARepository() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try await fixture.git("branch topic")
            _ = try await fixture.reader().fetch(fixture.source())
            var other = fixture.source(ref: "topic")
            other.name = "other"
            #expect(names(try await fixture.reader().fetch(other)) == ["a"])
            _ = try fixture.cachedRepository()
        }
    }

    @Test func progressIsReported() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let last = Mutex<FetchProgress?>(nil)
            _ = try await fixture.reader().fetch(fixture.source()) { progress in last.withLock { $0 = progress } }
            let progress = try #require(last.withLock { $0 })
            #expect(progress.totalObjects == 3)
            #expect(progress.receivedObjects == 3)
        }
    }

    @Test func manyFetchesAtOnceAllSucceed() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask { try await fixture.reader().fetch(fixture.source()).bots.map(\.bot.name) }
                }
                for try await found in group { #expect(found == ["a"]) }
            }
        }
    }

    @Test func lockThatAnotherProcessHoldsEndsTheWaitAtTheDeadline() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            _ = try await fixture.reader().fetch(fixture.source())
            let lock = try fixture.cachedRepository().path + ".lock"
            let holder = try RunningProcess(["flock", lock, "sh", "-c", "echo held; exec sleep 60"])
            try await waitUntil("the lock is held") { holder.outputSoFar.contains("held") }
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source(), deadline: .milliseconds(300))
            }
            #expect(error?.code == .interrupted)
            #expect(
                error?.summary.hasPrefix("bot source 'puppeteer': another process has been fetching file://") == true)
            // Reading what is cached waits for nobody.
            #expect(names(try await fixture.reader().cached(fixture.source())) == ["a"])
            await holder.kill()
            #expect(names(try await fixture.reader().fetch(fixture.source())) == ["a"])
        }
    }

    /// What a killed process or a full disk may leave of a repository.
    enum Damage: String, CaseIterable {
        case emptyFolder, headGone, headGarbage, packTruncated, packGone, referenceGarbage, referenceLock,
            packedRefsLock,
            configGarbage, temporaryPack, objectsGone, file
    }

    @Test(arguments: Damage.allCases) func damagedCacheIsMadeUsable(damage: Damage) async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let first = try await fixture.reader().fetch(fixture.source())
            let cached = try fixture.cachedRepository()
            try await apply(damage, to: cached)
            // Offline it reads as before, or as not cached: never as an error or as something else.
            let offline = try await fixture.reader().cached(fixture.source())
            #expect(offline == nil || offline == first)
            #expect(try await fixture.reader().fetch(fixture.source()) == first)
            try await fixture.commit(["a.js": SourceFixture.bot("new")])
            #expect(names(try await fixture.reader().fetch(fixture.source())) == ["new"])
            try await succeed(["git", "fsck"], environment: SourceFixture.environment, in: cached)
        }
    }

    private func apply(_ damage: Damage, to cached: URL) async throws {
        let files = FileManager.default
        func packs(_ suffix: String) throws -> [URL] {
            try files.contentsOfDirectory(atPath: cached.path + "/objects/pack").filter { $0.hasSuffix(suffix) }
                .map { cached.appending(path: "objects/pack/\($0)") }
        }
        switch damage {
        case .emptyFolder:
            try files.removeItem(at: cached)
            try files.createDirectory(at: cached, withIntermediateDirectories: true)
        case .file:
            try files.removeItem(at: cached)
            try Data("not a folder".utf8).write(to: cached)
        case .headGone: try files.removeItem(at: cached.appending(path: "HEAD"))
        case .headGarbage: try cached.write("garbage\0", to: "HEAD")
        case .packTruncated:
            for pack in try packs(".pack") {
                try await succeed(["chmod", "u+w", pack.path])
                try await succeed(["truncate", "-s", "40", pack.path])
            }
        case .packGone: for pack in try packs(".pack") { try files.removeItem(at: pack) }
        case .objectsGone: for pack in try packs("") { try files.removeItem(at: pack) }
        case .referenceGarbage: try cached.write("garbage\n", to: "refs/heads/main")
        case .referenceLock: try cached.write("", to: "refs/heads/main.lock")
        case .packedRefsLock: try cached.write("", to: "packed-refs.lock")
        case .configGarbage: try cached.write("[core\nbroken", to: "config")
        case .temporaryPack: try cached.write("half a pack", to: "objects/pack/pack_git2_1234")
        }
    }

    /// A process that fetches in a loop is killed at random moments; whatever it leaves, the next fetch works.
    @Test func fetchKilledAtRandomMomentsLeavesAUsableCache() async throws {
        var generator = SeededGenerator(for: "fetchKilledAtRandomMomentsLeavesAUsableCache")
        var files = Dictionary(
            uniqueKeysWithValues: (0..<200).map { ("f\($0)", String(repeating: "\($0) ", count: 500)) })
        files["a.js"] = SourceFixture.bot("a")
        try await SourceFixture.with(files) { fixture in
            for round in 0..<6 {
                let delay = Int.random(in: 1...150, using: &generator)
                let arguments = [
                    "fleet": fixture.fleet.path, "cache": fixture.cache.path, "delay": "\(delay)",
                ]
                await #expect(processExitsWith: .signal(SIGKILL)) { [arguments = arguments as [String: String]] in
                    let delay = Int(arguments["delay"] ?? "") ?? 10
                    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) {
                        kill(getpid(), SIGKILL)
                    }
                    let reader = BotCatalogReader(
                        folder: arguments["fleet"] ?? "", cacheFolder: arguments["cache"] ?? "", environment: [:])
                    while true {
                        _ = try await reader.fetch(BotSource(name: "puppeteer", url: "../upstream"))
                        try FileManager.default.removeItem(atPath: (arguments["cache"] ?? "") + "/sources")
                    }
                }
                try await fixture.commit(["a.js": SourceFixture.bot("round-\(round)")])
                let reading = try await fixture.reader().fetch(fixture.source())
                #expect(names(reading) == ["round-\(round)"], "killed after \(delay) ms")
            }
        }
    }

    @Test func cacheFolderThatCannotBeMadeIsNamed() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try fixture.folder.write("a file", to: "cache")
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source())
            }
            #expect(error?.code == .unavailable)
            #expect(
                error?.summary
                    == "could not create the cache folder \(fixture.cache.path)/sources: Not a directory")
            #expect(error?.hint == "check the folder's owner and rights, or set XDG_CACHE_HOME")
        }
    }

    @Test func cancelledFetchEnds() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let reader = fixture.reader()
            let source = fixture.source()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await reader.fetch(source)
            }
            let error = await #expect(throws: BotCatalogError.self) { try await task.value }
            #expect(error?.code == .interrupted)
        }
    }
}
