import FleetTestSupport
import Foundation
import Testing

/// The one door: the Makefile, what stands behind it, and what CI runs.
@Suite struct DoorTests {
    private static let targets = [
        "help", "demo", "build", "test", "test-fast", "lint", "format", "torture", "bench", "clean", "sandbox-up",
        "sandbox-down",
    ]

    @Test(arguments: targets) func everyTargetRunsOneScriptThatIsThere(target: String) async throws {
        let plan = try await succeed(["make", "--dry-run", "--no-print-directory", target], in: repositoryRoot)
        let commands = plan.split(separator: "\n")
        #expect(commands.count == 1)
        let script = try #require(commands.first?.split(separator: " ").first)
        #expect(script.hasPrefix("scripts/"))
        #expect(FileManager.default.isExecutableFile(atPath: repositoryRoot.appending(path: script).path))
    }

    @Test func makeAloneListsEveryTargetWithASentence() async throws {
        let help = try await succeed(["make", "--no-print-directory"], in: repositoryRoot)
        let listed = help.split(separator: "\n").compactMap { $0.firstMatch(of: #/^ +make ([a-z-]+) +\S/#)?.1 }
        #expect(listed.map { String($0) } == Self.targets)
    }

    @Test func continuousIntegrationRunsMakeTestAndNothingElse() throws {
        let commands = try RepositoryFiles.lines(".ci/run")
            .filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("set ") && !$0.hasPrefix("cd ") }
        #expect(commands == ["exec make test </dev/null"])
    }

    @Test func everyScriptSaysWhatItDoesAndStopsAtTheFirstError() async throws {
        for path in try await RepositoryFiles.list().paths(under: "scripts") where !path.hasSuffix(".txt") {
            let lines = try RepositoryFiles.lines(path)
            #expect(FileManager.default.isExecutableFile(atPath: repositoryRoot.appending(path: path).path), "\(path)")
            guard lines[0].hasSuffix("bash") else { continue }
            #expect(lines[0] == "#!/usr/bin/env bash", "\(path)")
            #expect(lines[1].hasPrefix("# "), "\(path)")
            #expect(lines.contains("set -euo pipefail"), "\(path)")
        }
    }

    @Test(arguments: [["scripts/sandbox"], ["scripts/sandbox", "sideways"], ["scripts/setup", "--wrong"]])
    func wrongUsageIsToldWithStatus64(command: [String]) async throws {
        let result = try await run(command, in: repositoryRoot)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("usage: "))
        #expect(result.output.isEmpty)
    }

    @Test func sandboxThatIsNotUpSaysSoAndHowToStartIt() async throws {
        try await withTemporaryDirectory { folder in
            let variables = ProcessInfo.processInfo.environment.merging(["BOTFLEET_SANDBOX": folder.path]) { $1 }
            for command in ["status", "env"] {
                let result = try await run(["scripts/sandbox", command], environment: variables, in: repositoryRoot)
                #expect(result.status == 1)
                #expect(result.output.isEmpty)
                #expect(result.errors.contains("is not up"))
                #expect(result.errors.contains("scripts/sandbox up"))
            }
        }
    }

    @Test func setupThatFindsAllItNeedsSaysSoInOneLine() async throws {
        let result = try await run(["scripts/setup"], in: repositoryRoot, timeout: .seconds(300))
        #expect(result.status == 0)
        #expect(result.output == "setup: nothing to do: all that is needed is here\n")
    }
}
