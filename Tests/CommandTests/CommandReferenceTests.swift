import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// docs/cli.md against the program: every command's `--help` stands there word for word, and no other.
@Suite struct CommandReferenceTests {
    private static let page = repositoryRoot.appending(path: "docs/cli.md")

    @Test func referenceHoldsTheHelpOfEveryCommandAndOfNoOther() async throws {
        let commands = try await commandLines()
        #expect(commands.count > 20)
        let old = try String(contentsOf: Self.page, encoding: .utf8)
        var new = old
        for command in commands {
            let help = try await botfleet(command.dropFirst() + ["--help"])
            #expect(help.status == 0)
            #expect(help.errors == "")
            guard let changed = Self.page(new, with: help.output, under: command.joined(separator: " ")) else {
                Issue.record("docs/cli.md has no section '## \(command.joined(separator: " "))' with a text block")
                continue
            }
            new = changed
        }
        let titles = old.split(separator: "\n").filter { $0.hasPrefix("## botfleet") }.map { String($0.dropFirst(3)) }
        #expect(Set(titles) == Set(commands.map { $0.joined(separator: " ") }))
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(new.utf8).write(to: Self.page)
            Issue.record("docs/cli.md is rewritten; look at the difference and run again without UPDATE_GOLDEN")
        } else if new != old {
            Issue.record("docs/cli.md differs from --help (- page, + program):\n\(lineDifference(old, new))")
        }
    }

    @Test func versionAndUsageErrorsGoWhereTheyBelong() async throws {
        let version = try await botfleet(["--version"])
        #expect(version.output.wholeMatch(of: #/[0-9]+\.[0-9]+\.[0-9]+\n/#) != nil)
        let bare = try await botfleet([])
        #expect(bare.status == 0)
        #expect(bare.output == (try await botfleet(["--help"])).output)
        var transcript = ""
        for arguments in [
            ["nonsense"], ["plan", "--nonsense"], ["plan", "extra"], ["instances", "one", "two"],
            ["plan", "--format", "xml"], ["status", "--format", "xml"], ["plan", "--target", "nonsense"],
            ["plan", "--replace", "deployment.web"], ["apply", "--replace", "nonsense"],
            ["apply", "--parallelism", "0"],
            ["apply", "--allow-terminations", "few"], ["apply", "saved.plan", "--target", "instance.web-1"],
            ["sessions", "--outcome", "good"], ["sessions", "--since", "yesterday"], ["events", "--limit", "0"],
            ["schedule", "preview", "nights"], ["schema"], ["plan", "-C"], ["-C"], ["--log-level", "loud", "plan"],
        ] {
            let result = try await botfleet(arguments)
            #expect(result.status == 64, "\(arguments): \(result.errors)")
            #expect(result.output == "", "\(arguments)")
            let line = result.errors.split(separator: "\n").first ?? ""
            #expect(line.hasPrefix("Error: "), "\(arguments): \(result.errors)")
            transcript += "$ botfleet \(arguments.joined(separator: " "))\n\(line)\n"
        }
        expectGolden(transcript, "usage-errors")
    }

    // MARK: The program

    private func botfleet(_ arguments: some Sequence<String>) async throws -> CommandResult {
        var environment = ProcessInfo.processInfo.environment
        environment["COLUMNS"] = nil
        // Usage is read before anything else: it needs no fleet, no database and no AWS.
        environment["BOTFLEET_DATABASE_URL"] = nil
        return try await run([botfleetBinary.path] + arguments, environment: environment, in: URL(filePath: "/"))
    }

    /// Every command that does something or groups others, as one types it.
    private func commandLines() async throws -> [[String]] {
        let dump = try await botfleet(["--experimental-dump-help"]).json()
        return Self.commandLines(try #require(dump.at("command")), under: [])
    }

    private static func commandLines(_ command: JSONValue, under parents: [String]) -> [[String]] {
        guard let name = command.at("commandName")?.text, name != "help" else { return [] }
        let line = parents + [name]
        return [line] + (command.at("subcommands")?.list ?? []).flatMap { commandLines($0, under: line) }
    }

    // MARK: The page

    /// The page with a text in the block of a section; nil where it has no such section or block.
    private static func page(_ page: String, with text: String, under title: String) -> String? {
        guard let heading = page.firstRange(of: "\n## \(title)\n") else { return nil }
        let rest = page[heading.upperBound...]
        let section = rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)]
        guard let opening = section.firstRange(of: "```text\n"),
            let closing = section[opening.upperBound...].firstRange(of: "```\n")
        else { return nil }
        let clean = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.replacing(#/ +$/#, with: "") }.joined(separator: "\n")
        return page.replacingCharacters(in: opening.upperBound..<closing.lowerBound, with: clean)
    }
}
