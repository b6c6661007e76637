import FleetTestSupport
import Foundation
import Testing

@Suite struct RunningProcessTests {
    @Test func commandGivesStatusAndBothOutputs() async throws {
        let result = try await run(["sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect(result.status == 3)
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
    }

    @Test func commandEndedByASignalHasTheStatusThatAShellGivesIt() async throws {
        #expect(try await run(["sh", "-c", "kill -9 $$"]).status == 137)
    }

    @Test func megabytesThroughAllThreePipesDoNotBlock() async throws {
        let text = String(repeating: "0123456789abcde\n", count: 200_000)
        let result = try await run(["sh", "-c", "tee /dev/stderr"], stdin: text)
        #expect(result.output == text)
        #expect(result.errors == text)
    }

    @Test func commandThatReadsNoInputDoesNotFailForIt() async throws {
        let result = try await run(["true"], stdin: String(repeating: "x", count: 1_000_000))
        #expect(result.status == 0)
    }

    @Test func commandPastItsDeadlineIsKilledWithItsChildren() async throws {
        let start = ContinuousClock.now
        let process = try RunningProcess(
            ["sh", "-c", "sleep 100 & echo $!; wait"], lifetime: .milliseconds(300))
        await #expect(throws: CommandFailure.self) { try await process.wait() }
        #expect(ContinuousClock.now - start < .seconds(5))
        let child = try #require(Int32(process.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await waitUntil("the child is gone") { hasEnded(child) }
    }

    @Test func grandchildThatKeepsThePipesOpenIsNotWaitedFor() async throws {
        let start = ContinuousClock.now
        let result = try await run(["sh", "-c", "sleep 20 & echo $!"])
        #expect(ContinuousClock.now - start < .seconds(5))
        let child = try #require(Int32(result.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(child, SIGKILL)
    }

    @Test func signalReachesTheProcessAndKillEndsIt() async throws {
        let process = try RunningProcess(
            ["sh", "-c", "trap 'echo caught' TERM; echo ready; while :; do sleep 0.05; done"])
        try await waitUntil("it is ready") { process.outputSoFar.contains("ready") }
        process.send(SIGTERM)
        try await waitUntil("it caught the signal") { process.outputSoFar.contains("caught") }
        #expect(process.isRunning)
        await process.kill()
        #expect(!process.isRunning)
        #expect(try await process.wait().status == 137)
    }

    @Test func childHasTheGivenEnvironmentAndFolderAndNoOtherDescriptors() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await run(
                ["sh", "-c", "pwd; env; ls /proc/self/fd | wc -l"], environment: ["PATH": "/usr/bin:/bin", "A": "b c"],
                in: folder)
            #expect(result.output.contains(folder.path.trimmingSuffix("/")))
            #expect(result.output.contains("A=b c\n"))
            #expect(!result.output.contains("HOME="))
            #expect(result.output.hasSuffix("4\n"))  // 0, 1, 2 and the folder that ls itself reads
        }
    }

    @Test func unknownProgramIsAnErrorThatNamesIt() async throws {
        let failure = await #expect(throws: CommandFailure.self) { try await run(["no-such-program", "x"]) }
        let description = try #require(failure).description
        #expect(description.contains("no-such-program x — could not be started: No such file"))
    }

    @Test func commandThatHadToSucceedTellsWhatItSaid() async throws {
        let failure = await #expect(throws: CommandFailure.self) {
            try await succeed(["sh", "-c", "echo why >&2; exit 9"])
        }
        let description = try #require(failure).description
        #expect(description.contains("ended with status 9: why"))
    }

    @Test func manyAtOnceAllEnd() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<60 { group.addTask { try await succeed(["sh", "-c", "sleep 0.1; echo \(number)"]) } }
            let lines = try await group.reduce(into: Set<String>()) { $0.insert($1) }
            #expect(lines.count == 60)
        }
    }
}

private func hasEnded(_ id: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return true }  // gone
    return stat.contains(") Z ")
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
