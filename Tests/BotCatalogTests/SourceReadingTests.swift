import BotCatalog
import Diagnostics
import FleetModel
import FleetTestSupport
import Foundation
import LibGit2
import Synchronization
import Testing

@Suite struct SourceReadingTests {
    @Test func botsOfASourceAreReadAtItsCommitSortedByName() async throws {
        try await SourceFixture.with([
            "z/first.js": SourceFixture.bot("alpha"), "a/second.js": SourceFixture.bot("beta"),
            "lib/helper.js": "module.exports = {}",
            "README.md": "/** ABOUT\n*/", "notes.txt": SourceFixture.bot("not-js"),
        ]) { fixture in
            let reading = try await fixture.reader().fetch(fixture.source())
            let head = try await fixture.git("rev-parse HEAD")
            #expect(reading.commit == head)
            #expect(reading.bots.map(\.bot.name) == ["alpha", "beta"])
            #expect(reading.bots.map(\.bot.path) == ["z/first.js", "a/second.js"])
            #expect(reading.bots.allSatisfy { $0.bot.commit == head && $0.bot.source == "puppeteer" })
            #expect(reading.diagnostics == [])
        }
    }

    @Test func refMayBeATagAnAnnotatedTagOrACommitOfNoBranch() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("old")]) { fixture in
            let old = try await fixture.git("rev-parse HEAD")
            try await fixture.git("tag light")
            try await fixture.git("tag -a annotated -m words")
            try await fixture.commit(["x.js": SourceFixture.bot("middle")])
            let middle = try await fixture.git("rev-parse HEAD")
            try await fixture.commit(["x.js": SourceFixture.bot("new")])
            for (ref, name) in [
                ("light", "old"), ("annotated", "old"), (old, "old"), (middle, "middle"),
                (String(middle.prefix(10)), "middle"),
                ("main", "new"),
            ] {
                let reading = try await fixture.reader().fetch(fixture.source(ref: ref))
                #expect(reading.bots.map(\.bot.name) == [name], "\(ref)")
            }
        }
    }

    @Test func forcePushedBranchIsFollowed() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("before")]) { fixture in
            _ = try await fixture.reader().fetch(fixture.source())
            try await fixture.git("checkout -q --orphan other")
            try await fixture.commit(["x.js": SourceFixture.bot("after")])
            try await fixture.git("branch -f main")
            let reading = try await fixture.reader().fetch(fixture.source())
            #expect(reading.bots.map(\.bot.name) == ["after"])
        }
    }

    @Test func deletedBranchIsNotFoundAndNamesWhatThereIs() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            try await fixture.git("branch topic")
            _ = try await fixture.reader().fetch(fixture.source(ref: "topic"))
            try await fixture.git("branch -D topic")
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source(ref: "topic"))
            }
            #expect(error?.code == .notFound)
            #expect(error?.summary == "bot source 'puppeteer': ../upstream has no branch, tag or commit 'topic'")
            #expect(error?.hint == "it has: main")
        }
    }

    @Test func misspeltBranchGetsASuggestion() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source(ref: "mian"))
            }
            #expect(error?.hint == "did you mean 'main'?")
        }
    }

    @Test func emptyRepositorySaysSo() async throws {
        try await SourceFixture.with([:]) { fixture in
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source())
            }
            #expect(error?.code == .notFound)
            #expect(error?.hint == "the repository is empty: push a commit first")
        }
    }

    @Test func repositoryThatIsGoneIsOneClearError() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            _ = try await fixture.reader().fetch(fixture.source())
            try FileManager.default.removeItem(at: fixture.upstream)
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source())
            }
            #expect(error?.code == .notFound)
            #expect(
                error?.summary.hasPrefix(
                    "bot source 'puppeteer': could not fetch file://\(fixture.folder.path)/upstream: ") == true)
            #expect(error?.hint == "check the URL; a private repository may need auth to be seen")
            // What was fetched before can still be read.
            let cached = try await fixture.reader().cached(fixture.source())
            #expect(cached?.bots.map(\.bot.name) == ["x"])
        }
    }

    @Test func fileURLAndRelativePathAreTheSameSource() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            var source = fixture.source()
            _ = try await fixture.reader().fetch(source)
            source.url = "file://" + fixture.upstream.path
            let cached = try await fixture.reader().cached(source)
            #expect(cached?.bots.count == 1)
            source.url = "./../fleet/../upstream/"
            #expect(try await fixture.reader().cached(source) == cached)
        }
    }

    @Test func pathWithBlanksColonsAndUmlautsIsAPath() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            let odd = fixture.folder.appending(path: "a b:ü%41#?")
            try FileManager.default.moveItem(at: fixture.upstream, to: odd)
            var source = fixture.source()
            source.url = "../a b:ü%41#?"
            let reading = try await fixture.reader().fetch(source)
            #expect(reading.bots.map(\.bot.name) == ["x"])
        }
    }

    @Test func ignoredFilesAreNoBots() async throws {
        try await SourceFixture.with([
            "a.js": SourceFixture.bot("a"), "test/b.js": SourceFixture.bot("b"),
            "deep/config.js": SourceFixture.bot("c"),
        ]) { fixture in
            let reading = try await fixture.reader().fetch(fixture.source(ignore: ["config.js", "test/*"]))
            #expect(reading.bots.map(\.bot.name) == ["a"])
        }
    }

    @Test func twoFilesOfOneNameAreAnErrorThatNamesBoth() async throws {
        try await SourceFixture.with(["b/x.js": SourceFixture.bot("twin"), "a/x.js": SourceFixture.bot("twin")]) {
            fixture in
            let reading = try await fixture.reader().fetch(fixture.source())
            let commit = try #require(reading.commit).prefix(12)
            #expect(reading.bots.map(\.bot.path) == ["a/x.js"])
            #expect(
                reading.diagnostics.map(\.description) == [
                    "puppeteer@\(commit):b/x.js:1:1: error: bot 'twin' is defined twice: in a/x.js and in b/x.js"
                ])
        }
    }

    @Test func symbolicLinkToABotIsNoSecondBot() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try FileManager.default.createSymbolicLink(
                atPath: fixture.upstream.path + "/link.js", withDestinationPath: "a.js")
            try await fixture.commit([:])
            let reading = try await fixture.reader().fetch(fixture.source())
            #expect(reading.bots.map(\.bot.path) == ["a.js"])
            #expect(reading.diagnostics == [])
        }
    }

    // MARK: Last good versions

    @Test func brokenBotKeepsItsLastGoodVersionWithAWarning() async throws {
        try await SourceFixture.with([
            "a.js": SourceFixture.bot("a", params: #"[{"name": "speed"}]"#), "b.js": SourceFixture.bot("b"),
        ]) { fixture in
            let before = try await fixture.reader().fetch(fixture.source())
            try await fixture.commit(["a.js": SourceFixture.bot("a", params: "[{]")])
            let after = try await fixture.reader().fetch(fixture.source(), recorded: before.bots.map(\.bot))
            let (old, new) = (try #require(before.commit), try #require(after.commit))
            #expect(old != new)
            #expect(after.bots[0] == before.bots[0])
            #expect(after.bots[0].bot.commit == old)
            #expect(after.bots[0].bot.parameters.map(\.name) == ["speed"])
            #expect(after.bots[1].bot.commit == new)
            #expect(
                after.diagnostics.map(\.description) == [
                    "puppeteer@\(new.prefix(12)):a.js:1:1: note: bot 'a' keeps its last good version, of commit \(old.prefix(12))",
                    "puppeteer@\(new.prefix(12)):a.js:5:3: warning: PARAMS: expected a key in double quotes, found ']'",
                ])
        }
    }

    @Test func brokenBotWithoutAGoodVersionIsLeftOut() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a", params: "[{]")]) { fixture in
            let reading = try await fixture.reader().fetch(fixture.source())
            #expect(reading.bots == [])
            #expect(reading.diagnostics.map(\.severity) == [.warning])
        }
    }

    @Test func brokenBotThatMovedIsFoundByItsName() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let before = try await fixture.reader().fetch(fixture.source())
            try await fixture.commit(["a.js": nil, "moved/a.js": SourceFixture.bot("a", params: "[{]")])
            let after = try await fixture.reader().fetch(fixture.source(), recorded: before.bots.map(\.bot))
            #expect(after.bots == before.bots)
        }
    }

    @Test func deletedBotIsGoneAlthoughItWasRecorded() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "b.js": SourceFixture.bot("b")]) { fixture in
            let before = try await fixture.reader().fetch(fixture.source())
            try await fixture.commit(["a.js": nil])
            let after = try await fixture.reader().fetch(fixture.source(), recorded: before.bots.map(\.bot))
            #expect(after.bots.map(\.bot.name) == ["b"])
            #expect(after.diagnostics == [])
        }
    }

    @Test func lastGoodVersionWhoseCommitTheCacheLostIsTheRecordedOne() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let before = try await fixture.reader().fetch(fixture.source())
            try FileManager.default.removeItem(at: fixture.cache)
            try await fixture.git("checkout -q --orphan other")
            try await fixture.commit(["a.js": SourceFixture.bot("a", params: "[{]")])
            try await fixture.git("branch -f main")
            let after = try await fixture.reader().fetch(fixture.source(), recorded: before.bots.map(\.bot))
            #expect(after.bots.map(\.bot) == before.bots.map(\.bot))
            let bot = try #require(after.bots.first)
            let error = await #expect(throws: BotCatalogError.self) { try await fixture.reader().bundle(bot) }
            #expect(error?.code == .notFound)
        }
    }

    // MARK: Offline

    @Test func sourceThatWasNeverFetchedIsNotCached() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let cached = try await fixture.reader().cached(fixture.source())
            #expect(cached == nil)
            #expect(!FileManager.default.fileExists(atPath: fixture.cache.path))
        }
    }

    @Test func cachedReadingEqualsTheFetchedOneAndTouchesNoNetwork() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let fetched = try await fixture.reader().fetch(fixture.source())
            try await fixture.commit(["a.js": SourceFixture.bot("newer")])
            #expect(try await fixture.reader().cached(fixture.source()) == fetched)
            let unknown = try await fixture.reader().cached(fixture.source(ref: "unknown"))
            #expect(unknown == nil)
        }
    }

    @Test func commitThatIsCachedIsNotFetchedAgain() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let reading = try await fixture.reader().fetch(fixture.source())
            try FileManager.default.removeItem(at: fixture.upstream)
            let again = try await fixture.reader().fetch(fixture.source(ref: try #require(reading.commit)))
            #expect(again == reading)
        }
    }

    // MARK: Auth and URLs

    @Test(arguments: [
        ("https://user:secret@example.com/x.git", "the URL holds credentials"),
        ("https://ghp_token@example.com/x.git", "the URL holds credentials"),
        ("http://me@127.0.0.1/x.git", "the URL holds credentials"),
        ("ssh://git:secret@example.com/x", "the URL holds a password"),
        ("http://example.com/x.git", "http is for this machine's loopback alone"),
        ("http://127.evil.example.com/x.git", "http is for this machine's loopback alone"),
        ("http://127.0.0.1.example.com/x.git", "http is for this machine's loopback alone"),
        ("git://example.com/x.git", "'git' URLs are not supported"),
        ("ftp://example.com/x", "'ftp' URLs are not supported"),
        ("", "the URL is empty or holds control characters"),
        ("https://x/\n", "the URL is empty or holds control characters"),
    ])
    func otherURLsAreRefusedWithoutShowingThem(url: String, message: String) async throws {
        try await SourceFixture.with([:]) { fixture in
            let source = BotSource(name: "puppeteer", url: url)
            let error = await #expect(throws: BotCatalogError.self) { try await fixture.reader().fetch(source) }
            #expect(error?.code == .configuration)
            #expect(error?.summary == "bot source 'puppeteer': \(message)")
            #expect(error?.description.contains("secret") == false)
            await #expect(throws: BotCatalogError.self) { try await fixture.reader().cached(source) }
        }
    }

    @Test func tokenThatIsNotSetIsNamed() async throws {
        try await SourceFixture.with([:]) { fixture in
            let source = BotSource(
                name: "puppeteer", url: "https://example.com/x.git",
                auth: .token(EnvironmentReference(env: "GIT_TOKEN")))
            for environment in [[:], ["GIT_TOKEN": ""]] {
                let error = await #expect(throws: BotCatalogError.self) {
                    try await fixture.reader(environment).fetch(source)
                }
                #expect(error?.code == .missingCredential)
                #expect(
                    error?.description
                        == "bot source 'puppeteer': the environment variable GIT_TOKEN of auth.token is not set (export GIT_TOKEN)"
                )
            }
        }
    }

    @Test func refusedTokenIsOneClearErrorWithoutTheToken() async throws {
        let program = """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def log_message(self, *arguments): pass
                def do_GET(self):
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", "Basic")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """
        try await SourceFixture.with([:]) { fixture in
            let server = try RunningProcess(["python3", "-c", program], lifetime: .seconds(60))
            try await waitUntil("the server listens") { server.outputSoFar.contains("\n") }
            let url = "http://127.0.0.1:\(server.outputSoFar.trimmingCharacters(in: .newlines))/x.git"
            let source = BotSource(name: "puppeteer", url: url, auth: .token(EnvironmentReference(env: "GIT_TOKEN")))
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader(["GIT_TOKEN": "very-secret"]).fetch(source)
            }
            await server.kill()
            #expect(error?.code == .authentication)
            #expect(
                error?.description
                    == "bot source 'puppeteer': could not fetch \(url): the server refuses the token (renew it or widen its rights)"
            )
            #expect(!String(reflecting: error).contains("very-secret"))
        }
    }

    @Test func commitThatNoBranchReachesIsNotFoundAndDoesNoHarm() async throws {
        try await SourceFixture.with(["x.js": SourceFixture.bot("x")]) { fixture in
            try await fixture.git("checkout -q -b lost")
            let lost = try await fixture.commit(["x.js": SourceFixture.bot("lost")])
            try await fixture.git("checkout -q main")
            try await fixture.git("branch -D lost")
            let error = await #expect(throws: BotCatalogError.self) {
                try await fixture.reader().fetch(fixture.source(ref: lost))
            }
            #expect(error?.code == .notFound)
            try await fixture.commit(["x.js": SourceFixture.bot("next")])
            let reading = try await fixture.reader().fetch(fixture.source())
            #expect(reading.bots.map(\.bot.name) == ["next"])
        }
    }

    @Test func authThatDoesNotFitTheURLIsRefused() async throws {
        try await SourceFixture.with([:]) { fixture in
            let token = BotSource.Authentication.token(EnvironmentReference(env: "T"))
            for (url, auth) in [
                ("git@example.com:x.git", token), ("../upstream", token), ("https://example.com/x", .sshKeyFile("key")),
                ("file:///x", .sshKeyFile("key")),
            ] {
                let source = BotSource(name: "puppeteer", url: url, auth: auth)
                let error = await #expect(throws: BotCatalogError.self) {
                    try await fixture.reader(["T": "t"]).fetch(source)
                }
                #expect(error?.code == .configuration, "\(url)")
            }
        }
    }

    @Test(arguments: [
        (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/botfleet"), (["HOME": "/h"], "/h/.cache/botfleet"),
        (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/botfleet"), ([:], "/var/tmp/botfleet"),
    ])
    func cacheFolderFollowsTheXDGRules(environment: [String: String], expected: String) {
        #expect(BotCatalogReader.defaultCacheFolder(environment: environment) == expected)
    }

    // MARK: Size

    @Test func thousandFilesAreReadInShortTime() async throws {
        let script = String(repeating: "// filler\n", count: 400)
        var files = Dictionary(
            uniqueKeysWithValues: (0..<900).map { ("lib/\($0 % 30)/f\($0).js", "\(script)const n = \($0);") })
        for index in 0..<100 { files["bots/\(index).js"] = SourceFixture.bot("bot-\(index)", body: script) }
        try await SourceFixture.with(files) { fixture in
            _ = try await fixture.reader().fetch(fixture.source())
            let began = ContinuousClock.now
            let reading = try await fixture.reader().cached(fixture.source())
            let took = ContinuousClock.now - began
            print("1,000 files read in \(took)")
            #expect(reading?.bots.count == 100)
            #expect(took < .seconds(5))
        }
    }
}
