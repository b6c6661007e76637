import BotCatalog
import FleetModel
import FleetTestSupport
import Foundation
import Testing

@Suite struct BundleTests {
    /// The bundle of a source's bot.
    private func bundle(
        _ name: String, _ fixture: SourceFixture, ref: String = "main", ignore: [String] = [],
        limit: Int = BotCatalogReader.bundleLimit
    ) async throws -> BotBundle {
        let reading = try await fixture.reader().fetch(fixture.source(ref: ref, ignore: ignore))
        let bot = try #require(reading.bots.first { $0.bot.name == name })
        return try await fixture.reader().bundle(bot, limit: limit)
    }

    /// What GNU tar lists of a bundle: mode, owner, size, time, name.
    private func listing(_ bundle: BotBundle, in folder: URL) async throws -> [String] {
        let file = folder.appending(path: "bundle.tar.gz")
        try Data(bundle.archive).write(to: file)
        let text = try await succeed(
            ["tar", "-tvzf", file.path, "--utc", "--full-time", "--numeric-owner", "--quoting-style=literal"])
        return text.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
    }

    /// Names that python's tarfile reads, and whether it took the whole archive.
    private func pythonNames(_ bundle: BotBundle, in folder: URL) async throws -> [String] {
        let file = folder.appending(path: "bundle.tar.gz")
        try Data(bundle.archive).write(to: file)
        let program = """
            import sys, tarfile, json
            with tarfile.open(sys.argv[1]) as archive:
                print(json.dumps([m.name + (' -> ' + m.linkname if m.issym() else '') for m in archive.getmembers()]))
            """
        let text = try await succeed(["python3", "-c", program, file.path])
        return try JSONDecoder().decode([String].self, from: Data(text.utf8))
    }

    @Test func bundleIsTheTreeLessIgnoredFilesAndOtherBots() async throws {
        try await SourceFixture.with([
            "bots/a.js": SourceFixture.bot("a"), "bots/b.js": SourceFixture.bot("b"), "lib/helper.js": "helper",
            "package.json": "{}", "config.js": "secret", "test/t.js": "t", "README.md": "words",
        ]) { fixture in
            let bundle = try await bundle("a", fixture, ignore: ["config.js", "test/*"])
            #expect(
                try await pythonNames(bundle, in: fixture.folder)
                    == ["README.md", "bots/a.js", "lib/helper.js", "package.json"])
            #expect(bundle.script == "bots/a.js")
            #expect(bundle.hasPackage)
            #expect(bundle.objectKey == "bundles/\(bundle.digest).tar.gz")
        }
    }

    @Test func entriesHaveFixedOwnersTimesAndModes() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "run.sh": "#!/bin/sh\n"]) { fixture in
            try await succeed(["chmod", "775", fixture.upstream.path + "/run.sh"])
            try FileManager.default.createSymbolicLink(
                atPath: fixture.upstream.path + "/z", withDestinationPath: "./run.sh")
            try await fixture.commit([:])
            let lines = try await listing(try await bundle("a", fixture), in: fixture.folder)
            let size = SourceFixture.bot("a").utf8.count
            #expect(
                lines == [
                    "-rw-r--r-- 0/0 \(size) 1970-01-01 00:00:00 a.js", "-rwxr-xr-x 0/0 10 1970-01-01 00:00:00 run.sh",
                    "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 z -> ./run.sh",
                ])
        }
    }

    @Test func digestsAreThoseOfSha256sum() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let bundle = try await bundle("a", fixture)
            let file = fixture.folder.appending(path: "x.tar.gz")
            try Data(bundle.archive).write(to: file)
            #expect(try await succeed(["sha256sum", file.path]).hasPrefix(bundle.digest))
            #expect(
                try await succeed(["sh", "-c", "gzip -dc '\(file.path)' | sha256sum"]).hasPrefix(bundle.contentDigest))
        }
    }

    @Test func extractedBundleIsTheTree() async throws {
        let long = String(repeating: "long-folder-name/", count: 20) + "file.txt"
        let binary = String(repeating: "line\n", count: 20_000)
        let files = [
            "a.js": SourceFixture.bot("a"), "empty": "", "ü/ñandú 😀.txt": "unicode", long: "deep", "big.txt": binary,
            "name with spaces": "x", String(repeating: "n", count: 100): "exactly 100",
            String(repeating: "n", count: 101): "one more", "quote'\"\\back": "odd", "new\nline": "newline",
            "=": "sign",
        ]
        try await SourceFixture.with(files) { fixture in
            let bundle = try await bundle("a", fixture)
            for tool in ["tar", "python"] {
                let out = fixture.folder.appending(path: "out-\(tool)")
                try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
                let file = fixture.folder.appending(path: "bundle.tar.gz")
                try Data(bundle.archive).write(to: file)
                let command =
                    tool == "tar"
                    ? ["tar", "-xzf", file.path, "-C", out.path]
                    : [
                        "python3", "-c",
                        "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2], filter='data')",
                        file.path, out.path,
                    ]
                try await succeed(command, environment: SourceFixture.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 })
                for (path, text) in files {
                    #expect(
                        try String(contentsOf: out.appending(path: path), encoding: .utf8) == text, "\(tool) \(path)")
                }
            }
        }
    }

    @Test func sameContentGivesTheSameBundleWhateverItsHistory() async throws {
        let files = ["a.js": SourceFixture.bot("a"), "lib/x.js": "x", "lib/y.js": "y"]
        let first = try await SourceFixture.with(files) { try await bundle("a", $0) }
        let second = try await SourceFixture.with(["b.js": SourceFixture.bot("b")]) { fixture in
            for (path, text) in files.sorted(by: { $0.key > $1.key }) { try await fixture.commit([path: text]) }
            return try await bundle("a", fixture)
        }
        #expect(first == second)
    }

    @Test func changeOfAnotherBotChangesTheKeyAtMostAndNotTheContent() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "b.js": SourceFixture.bot("b")]) { fixture in
            let before = try await bundle("a", fixture)
            try await fixture.commit(["b.js": SourceFixture.bot("b", body: "changed();")])
            #expect(try await bundle("a", fixture) == before)
        }
    }

    @Test func keyFollowsTreeIgnoreAndScriptAlone() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "b.js": SourceFixture.bot("b")]) { fixture in
            func key(_ ignore: [String] = [], bot: Int = 0) async throws -> String {
                try await fixture.reader().fetch(fixture.source(ignore: ignore)).bots[bot].bundleKey
            }
            let first = try await key()
            #expect(first.count == 64)
            // Another commit with the same tree: nothing to make anew.
            try await fixture.commit([:], message: "empty")
            #expect(try await key() == first)
            #expect(try await key(["x", "y"]) != first)
            #expect(try await key(["x", "y"]) == key(["y", "x", "x"]))
            #expect(try await key(bot: 1) != first)
            try await fixture.commit(["new.txt": "x"])
            #expect(try await key() != first)
        }
    }

    // MARK: Links

    @Test(arguments: ["/etc/passwd", "../outside", "dir/../../outside", "a/../b", "up/..", "x/../../.."])
    func linkThatLeavesOrMightLeaveIsRefused(target: String) async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try FileManager.default.createSymbolicLink(
                atPath: fixture.upstream.path + "/link", withDestinationPath: target)
            try await fixture.commit([:])
            let error = await #expect(throws: BotCatalogError.self) { try await bundle("a", fixture) }
            #expect(error?.code == .bundle)
            #expect(
                error?.summary
                    == "could not make the bundle of bot 'a': the link 'link' leaves the repository (to '\(target)')")
            #expect(error?.hint == "remove the link or ignore it")
            let without = try await bundle("a", fixture, ignore: ["link"])
            #expect(try await pythonNames(without, in: fixture.folder) == ["a.js"])
        }
    }

    @Test func linksThatStayInsideAreKept() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "d/e/f.txt": "f"]) { fixture in
            let links = [
                "d/up": "../a.js", "d/e/up2": "../../a.js", "dangling": "nowhere/at/all", "here": ".",
                "d/e/root": "../..",
            ]
            for (path, target) in links {
                try FileManager.default.createSymbolicLink(
                    atPath: fixture.upstream.path + "/" + path, withDestinationPath: target)
            }
            try await fixture.commit([:])
            let names = try await pythonNames(try await bundle("a", fixture), in: fixture.folder)
            #expect(
                names == [
                    "a.js", "d/e/f.txt", "d/e/root -> ../..", "d/e/up2 -> ../../a.js", "d/up -> ../a.js",
                    "dangling -> nowhere/at/all", "here -> .",
                ])
        }
    }

    @Test func linkWithALongTargetIsKeptWhole() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let target = String(repeating: "segment-ü/", count: 30) + "end"
            try FileManager.default.createSymbolicLink(
                atPath: fixture.upstream.path + "/link", withDestinationPath: target)
            try await fixture.commit([:])
            let names = try await pythonNames(try await bundle("a", fixture), in: fixture.folder)
            #expect(names == ["a.js", "link -> " + target])
        }
    }

    // MARK: Odd trees

    @Test func submoduleIsLeftOut() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            let id = try await fixture.git("rev-parse HEAD")
            try await fixture.git("update-index --add --cacheinfo 160000,\(id),vendor/lib")
            try await fixture.git("commit -q -m submodule")
            #expect(try await pythonNames(try await bundle("a", fixture), in: fixture.folder) == ["a.js"])
        }
    }

    @Test func nameThatIsNotUTF8IsRefusedWithAHint() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            try await succeed(["python3", "-c", "open(b'bad\\xff', 'w')"], in: fixture.upstream)
            try await fixture.commit([:])
            let error = await #expect(throws: BotCatalogError.self) { try await bundle("a", fixture) }
            #expect(error?.summary == "could not make the bundle of bot 'a': the name 'bad\u{FFFD}' is not UTF-8")
        }
    }

    @Test func treeWithAnEscapingNameIsRefused() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a")]) { fixture in
            // git refuses to write such a tree, so it is made by hand, as an attacker would.
            let program = """
                import subprocess, binascii
                blob = subprocess.run(['git', 'rev-parse', 'HEAD:a.js'], capture_output=True, text=True).stdout.strip()
                def tree(entries):
                    data = b''.join(m + b' ' + n + b'\\0' + binascii.unhexlify(i) for m, n, i in entries)
                    command = ['git', 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin']
                    return subprocess.run(command, input=data, capture_output=True).stdout.decode().strip()
                inner = tree([(b'100644', b'evil.js', blob)])
                print(tree([(b'40000', b'..', inner), (b'100644', b'a.js', blob)]))
                """
            let tree = try await succeed(
                ["python3", "-c", program], environment: SourceFixture.environment, in: fixture.upstream
            ).trimmingCharacters(in: .newlines)
            let commit = try await fixture.git("commit-tree \(tree) -m evil")
            try await fixture.git("update-ref refs/heads/main \(commit)")
            let reading = try await fixture.reader().fetch(fixture.source())
            let bot = try #require(reading.bots.first)
            let error = await #expect(throws: BotCatalogError.self) { try await fixture.reader().bundle(bot) }
            #expect(error?.code == .bundle)
            #expect(error?.summary.hasSuffix("is not a path that git should hold") == true)
        }
    }

    @Test func bundleOverTheLimitIsRefusedWithAHint() async throws {
        try await SourceFixture.with([
            "a.js": SourceFixture.bot("a"), "big": String(repeating: "x", count: 3 << 20),
        ]) { fixture in
            let error = await #expect(throws: BotCatalogError.self) { try await bundle("a", fixture, limit: 2 << 20) }
            #expect(error?.summary == "could not make the bundle of bot 'a': it holds 3 MiB, more than 2 MiB")
            #expect(error?.hint == "ignore what the bots don't need")
        }
    }

    @Test func lastGoodVersionsBundleIsThatOfItsCommit() async throws {
        try await SourceFixture.with(["a.js": SourceFixture.bot("a"), "lib.js": "old"]) { fixture in
            let before = try await fixture.reader().fetch(fixture.source())
            let old = try await fixture.reader().bundle(before.bots[0])
            try await fixture.commit(["a.js": SourceFixture.bot("a", params: "[{]"), "lib.js": "new"])
            let after = try await fixture.reader().fetch(fixture.source(), recorded: before.bots.map(\.bot))
            #expect(after.bots[0].bundleKey == before.bots[0].bundleKey)
            #expect(try await fixture.reader().bundle(after.bots[0]) == old)
        }
    }

    /// Random trees: the bundle is the same again, sorted, and holds exactly what git lists.
    @Test func randomTreesAreBundledAsGitListsThem() async throws {
        var generator = SeededGenerator(for: "randomTreesAreBundledAsGitListsThem")
        let names = ["a", "b.txt", "Z", "ü", "x y", "long" + String(repeating: "g", count: 90), "-dash", "0"]
        for _ in 0..<8 {
            var files = ["zz.js": SourceFixture.bot("zz")]
            for _ in 0..<Int.random(in: 1...25, using: &generator) {
                let depth = Int.random(in: 1...3, using: &generator)
                let path = (0..<depth).map { level in
                    (level < depth - 1 ? "d-" : "") + (names.randomElement(using: &generator) ?? "a")
                }.joined(separator: "/")
                files[path] = String(Int.random(in: 0...9_999, using: &generator))
            }
            try await SourceFixture.with(files) { fixture in
                let bundle = try await bundle("zz", fixture)
                #expect(try await self.bundle("zz", fixture) == bundle)
                let found = try await pythonNames(bundle, in: fixture.folder)
                #expect(Set(found) == Set(files.keys))
                #expect(found == found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            }
        }
    }
}
