import FleetTestSupport
import Foundation
import Testing

/// The bots of examples/puppeteer, which the sandbox makes a repository of.
@Suite struct ExampleBotTests {
    private static let bots = [
        "form-filler", "linkedin-track-companies", "page-screenshot", "price-table", "sitemap-check",
    ]

    @Test(arguments: bots) func botDescribesItselfInBothBlocks(name: String) throws {
        let text = try RepositoryFiles.text("examples/puppeteer/\(name).js")
        let about = try #require(try block("ABOUT", of: text) as? [String: String])
        #expect(about["name"] == name)
        #expect(Set(about.keys) == ["name", "description", "icon", "platform"])
        let types = try parameterTypes(of: text)
        #expect(!types.isEmpty)
        #expect(types.isSubset(of: Self.types))
    }

    @Test func allTypesOfParametersAreUsedSomewhere() throws {
        var used: Set<String> = []
        for name in Self.bots {
            used.formUnion(try parameterTypes(of: try RepositoryFiles.text("examples/puppeteer/\(name).js")))
        }
        #expect(used == Self.types)
    }

    @Test func everyFileBesideIsABotOrWhatTheSourceIgnores() async throws {
        let files = try await RepositoryFiles.list().paths(under: "examples/puppeteer", ending: ".js")
            .map { String($0.dropFirst("examples/puppeteer/".count)) }
        let others = files.filter { !Self.bots.map { "\($0).js" }.contains($0) }
        #expect(others.allSatisfy { $0 == "config.js" || $0.hasPrefix("test/") || $0.hasPrefix("lib/") })
    }

    /// Needs node, which the sandbox does not: bots run on instances.
    @Test(.enabled(if: commandExists("node"), "node is on the PATH"))
    func everyScriptParses() async throws {
        for path in try await RepositoryFiles.list().paths(under: "examples/puppeteer", ending: ".js") {
            try await succeed(["node", "--check", path], in: repositoryRoot)
        }
    }

    private static let types: Set<String> = [
        "string", "number", "integer", "boolean", "range", "select", "url", "password",
    ]

    /// A block's JSON, its whole-line comments taken out.
    private func block(_ name: String, of text: String) throws -> Any {
        let start = try #require(text.range(of: "/** \(name)\n"), "no \(name)")
        let end = try #require(text.range(of: "*/", range: start.upperBound..<text.endIndex), "\(name) has no end")
        let json = text[start.upperBound..<end.lowerBound].split(separator: "\n")
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }
            .joined(separator: "\n")
        return try JSONSerialization.jsonObject(with: Data(json.utf8))
    }

    private func parameterTypes(of text: String) throws -> Set<String> {
        let params = try block("PARAMS", of: text)
        let all = (params as? [[String: Any]]) ?? (params as? [String: [String: Any]]).map { Array($0.values) } ?? []
        return Set(all.compactMap { $0["type"] as? String })
    }
}
