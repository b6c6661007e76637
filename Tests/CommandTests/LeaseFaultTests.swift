import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// One apply at a time: a living one is named and left alone, a dead one's lease is taken over (SPEC 5).
@Suite struct LeaseFaultTests {
    @Test(.timeLimit(.minutes(3)))
    func livingApplyIsNamedWith75AndADeadOnesLeaseIsTakenOverInTime() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await TestFleet.with(endpoint: manners.endpoint) { fleet in
                try fleet.deploy("web")
                try await manners.set(["delays": ["RunInstances": 9]])
                let first = try fleet.start("apply", "--auto-approve")
                try await waitUntil("the first apply launches", timeout: .seconds(180)) {
                    try await manners.count("RunInstances") == 1
                }
                let second = try await fleet.refused("apply", "--auto-approve")
                #expect(try await fleet.botfleet("plan").status == 0, "plan needs no lease")
                var transcript = Transcript()
                let words = second.errors
                    .replacing("process \(first.id),", with: "process ID,")
                    .replacing(#/[^ ]+@[^ ]+, process ID/#, with: "WHO@WHERE, process ID")
                    .replacing(#/since 20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/#, with: "since WHEN")
                let result = CommandResult(
                    status: second.status, standardOutput: second.standardOutput, standardError: Data(words.utf8))
                transcript.add("another apply lives", result, of: fleet, status: 75)
                expectGolden(transcript.text, "lease-refusals")
                let done = try await first.wait()
                #expect(done.status == 0, "\(done.errors)")
                #expect(try await fleet.names() == ["web-1"])
                #expect(try await manners.count("RunInstances") == 1)

                try fleet.deploy("web", "count: 2")
                let victim = try fleet.start("apply", "--auto-approve")
                try await waitUntil("the victim launches", timeout: .seconds(180)) {
                    try await manners.count("RunInstances") == 2
                }
                await victim.kill()
                try await manners.set(["delays": [:]])
                let began = ContinuousClock.now
                try await fleet.apply()
                // 15 s of lease, and what an apply itself takes on a busy machine.
                #expect(ContinuousClock.now - began < .seconds(25))
                #expect(try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'") == [["0"]])
                #expect(try await fleet.planned() == [])
                let applies = try await fleet.database.mysql("SELECT outcome FROM applies ORDER BY id")
                // What the third one found was finished by recovery, so there was nothing left to apply.
                #expect(Array(applies.prefix(2)) == [["succeeded"], ["interrupted"]])
            }
        }
    }
}
