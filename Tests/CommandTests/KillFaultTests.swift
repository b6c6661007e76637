import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// `kill -9` at random moments of an apply: the next one ends with exactly what is declared, and nothing orphaned (SPEC 5).
@Suite(.serialized) struct KillFaultTests {
    /// Rounds: 8 in CI, 50 by `make torture`.
    private static let rounds = ProcessInfo.processInfo.environment["BOTFLEET_TORTURE"] == nil ? 8 : 50
    private static let count = 20

    @Test(.timeLimit(.minutes(60)))
    func killedApplyIsFinishedByTheNextOne() async throws {
        var random = SeededGenerator(for: "killedApplyIsFinishedByTheNextOne")
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await torture(moto: moto, endpoint: moto, &random)
        }
    }

    @Test(.timeLimit(.minutes(60)))
    func killedApplyIsFinishedWhereNewInstancesAreHiddenAndTokensHonoured() async throws {
        var random = SeededGenerator(for: "killedApplyIsFinishedWhereNewInstancesAreHidden")
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await sandbox.withEC2Manners(before: moto) { manners in
                try await manners.set([
                    "client_tokens": true, "hidden_seconds": 3, "pending_seconds": 1, "strict_states": true,
                    "groups_in_use": true,
                ])
                try await torture(moto: moto, endpoint: manners.endpoint, &random)
            }
        }
    }

    @Test func interruptedApplyEndsWhatIsUnderWayAndTheNextGoesOn() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await sandbox.withEC2Manners(before: moto) { manners in
                try await manners.set(["delays": ["RunInstances": .number(0.3)]])
                try await TestFleet.with(moto: moto, endpoint: manners.endpoint) { fleet in
                    try fleet.deploy("swarm", "count: \(Self.count)")
                    let victim = try fleet.start("apply", "--auto-approve", "--parallelism", "2")
                    try await waitUntil("two instances are launched", timeout: .seconds(180)) {
                        try await fleet.witnessed().count >= 2
                    }
                    victim.send(SIGINT)
                    let result = try await victim.wait()
                    #expect(result.status == 1, "\(result.errors)")
                    #expect(result.errors.contains("Run botfleet apply again"))
                    let open = try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'")
                    #expect(open == [["0"]])
                    let live = try await fleet.witnessed().count
                    #expect(live < Self.count)
                    let outcome = try await fleet.database.mysql("SELECT outcome FROM applies ORDER BY id DESC LIMIT 1")
                    #expect(outcome == [["interrupted"]])
                    // Its leases were given back: the next one need not wait for them to expire.
                    try await fleet.apply()
                    try await expectExactly(Self.count, fleet, "after the interruption")
                    let pending = try await fleet.database.mysql(
                        "SELECT COUNT(*) FROM sessions WHERE outcome = 'pending'")
                    #expect(pending == [["0"]])
                }
            }
        }
    }

    private func torture(moto: String, endpoint: String, _ random: inout SeededGenerator) async throws {
        try await TestFleet.with(moto: moto, endpoint: endpoint) { fleet in
            // How long an undisturbed apply takes says where a kill can fall.
            try fleet.deploy("swarm", "count: \(Self.count)")
            let began = ContinuousClock.now
            try await fleet.apply()
            let whole = ContinuousClock.now - began
            try await expectExactly(Self.count, fleet, "undisturbed")
            for round in 1...Self.rounds {
                // Down to none and up again, so that kills fall into launches and terminations alike.
                try fleet.deploy("swarm", "count: 0")
                try await fleet.apply("--allow-terminations", "\(Self.count)")
                try await expectExactly(0, fleet, "round \(round), emptied")
                try fleet.deploy("swarm", "count: \(Self.count)")
                let victim = try fleet.start("apply", "--auto-approve")
                let moment = whole * Double.random(in: 0...1, using: &random)
                // The one thing waited for here is the moment of the kill itself.
                try await Task.sleep(for: moment)
                await victim.kill()
                try await fleet.apply()
                try await expectExactly(Self.count, fleet, "round \(round), killed after \(moment)")
            }
        }
    }

    private func expectExactly(_ count: Int, _ fleet: TestFleet, _ when: String) async throws {
        let live = try await fleet.witnessed()
        #expect(live.count == count, "\(when): \(live.map(\.name))")
        #expect(Set(live.map(\.name)).count == live.count, "\(when): two instances bear one name")
        let rows = try await fleet.database.mysql(
            "SELECT name, instance_id FROM instances WHERE instance_id IS NOT NULL ORDER BY name")
        #expect(Set(rows.map { $0[1] }) == Set(live.map(\.id)), "\(when): recorded and live differ")
        let open = try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'")
        #expect(open == [["0"]], "\(when): open steps")
        let planned = try await fleet.planned()
        #expect(planned == [], "\(when): something is left to do")
    }
}
