import BotCatalog
import FleetTestSupport
import Foundation
import Testing

@Suite struct IgnoreListTests {
    static let cases: [(pattern: String, path: String, isIgnored: Bool)] = [
        ("config.js", "config.js", true), ("config.js", "deep/er/config.js", true), ("config.js", "config.jsx", false),
        ("config.js", "config.js/inside", true), ("test/*", "test/a.js", true), ("test/*", "test/a/b.js", true),
        ("test/*", "other/test/a.js", false), ("test/*", "test", false), ("*.md", "README.md", true),
        ("*.md", "a/b/c.md", true), ("/top.js", "top.js", true), ("/top.js", "a/top.js", false),
        ("docs/", "docs/a", true),
        ("docs/", "x/docs/a", true), ("docs/", "docs", false), ("a/b/", "a/b/c", true), ("a/b/", "x/a/b/c", false),
        ("**/gen", "gen", true), ("**/gen", "a/b/gen/x", true), ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true),
        ("a/**/z", "b/z", false), ("a/**", "a/x", true), ("a/**", "a", false), ("?.js", "a.js", true),
        ("?.js", "ab.js", false), ("?.js", "ü.js", true), ("a*b", "a/b", false), ("[ab].js", "b.js", true),
        ("[!ab].js", "b.js", false), ("[^ab].js", "c.js", true), ("[a-c]x", "bx", true), ("[a-c]x", "dx", false),
        ("[]]x", "]x", true), ("[x", "[x", false), ("\\*", "*", true), ("\\*", "a", false), ("*", "anything", true),
        ("A.js", "a.js", false), ("a b", "x/a b", true), ("*a*a*a*", "bananarama", true), ("**", "a/b", true),
    ]

    @Test(arguments: cases) func pathIsIgnoredOrNot(pattern: String, path: String, isIgnored: Bool) {
        #expect(IgnoreList([pattern]).ignores(path) == isIgnored)
    }

    /// git itself as witness: the same patterns in a .gitignore.
    @Test func gitAgreesWithEveryCase() async throws {
        // git counts bytes where SPEC's columns and this list count characters: `?` and umlauts are left out.
        try await withTemporaryDirectory { folder in
            try await succeed(["git", "init", "-q"], in: folder)
            for (pattern, path, isIgnored) in Self.cases where path != "ü.js" {
                try folder.write(pattern + "\n", to: ".gitignore")
                let result = try await run(["git", "check-ignore", "-q", "--no-index", "--", path], in: folder)
                #expect((result.status == 0) == isIgnored, "\(pattern) \(path)")
            }
        }
    }

    @Test func orderAndRepetitionMakeNoDifference() {
        #expect(IgnoreList(["b", "a", "b", ""]) == IgnoreList(["a", "b"]))
        #expect(IgnoreList(["b", "a"]).sources == ["a", "b"])
    }

    @Test func emptyListIgnoresNothing() {
        #expect(!IgnoreList([]).ignores("a"))
    }

    @Test func hostilePatternIsMatchedInShortTime() {
        let began = ContinuousClock.now
        let list = IgnoreList([String(repeating: "*a", count: 200) + "b", String(repeating: "**/", count: 200) + "b"])
        #expect(!list.ignores(String(repeating: "a", count: 2_000)))
        #expect(!list.ignores(Array(repeating: "a", count: 500).joined(separator: "/")))
        #expect(ContinuousClock.now - began < .seconds(20))
    }
}
