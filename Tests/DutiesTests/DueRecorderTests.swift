import AWSCloud
import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import Logging
import Reconciling
import Scheduling
import Testing

@testable import Duties

/// Recording what is due, on a real database: its cost, and who may do it (SPEC 2, 11).
@Suite struct DueRecorderTests {
    private let zones = ZoneDatabase.default(environment: ProcessInfo.processInfo.environment)

    @Test(arguments: [10, 2_000])
    func tickWithNothingDueIsOneStatementWhateverTheFleet(deployments: Int) async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: deployments, next: "2026-11-24T08:00:00Z")
            let (recorded, statements) = try await fixture.tick(at: "2026-11-24T07:59:59Z")
            #expect(recorded == 0)
            #expect(statements.count == 1, "\(statements)")
        }
    }

    @Test func whatIsDueIsRecordedOnceInAFewStatementsAndTheNextIsTold() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 400, next: "2026-11-24T08:00:00Z")
            let (recorded, statements) = try await fixture.tick(at: "2026-11-24T08:00:00Z")
            #expect(recorded == 400)
            // Begin, four reads, sessions superseded, sessions, events, cursors, overrides, lease, commit; looks before and after.
            #expect(statements.count <= 16, "\(statements.map { $0.prefix(60) })")
            let (again, few) = try await fixture.tick(at: "2026-11-24T08:00:30Z")
            #expect(again == 0)
            #expect(few.count == 1)
            let next = try await fixture.database.mysql(
                "SELECT DISTINCT next_transition_at, cursor_at FROM deployments WHERE fleet_id = \(fixture.fleetID)")
            #expect(next == [["2026-11-24 18:00:00.000000", "2026-11-24 08:00:00.000000"]])
        }
    }

    @Test func twoTicksAtOnceRecordEachTransitionOnce() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 300, next: "2026-11-24T08:00:00Z")
            let names = try await fixture.store.dueDeployments(
                fleetID: fixture.fleetID, regions: ["eu-west-1"], now: try fixture.at("2026-11-24T08:00:00Z"),
                limit: 500)
            let now = try fixture.at("2026-11-24T08:00:00Z")
            let decision = DueDecision(now: now, book: ScheduleBook(zones: zones))
            // Both have read the same names; the rows are locked and read again by each.
            async let first = fixture.store.advanceCursors(
                of: names, fleetID: fixture.fleetID, now: now, under: [],
                decide: { due in try due.map { try decision.advance($0) } })
            async let second = fixture.other.advanceCursors(
                of: names, fleetID: fixture.fleetID, now: now, under: [],
                decide: { due in try due.map { try decision.advance($0) } })
            let counts = try await [first, second]
            #expect(counts.reduce(0, +) == 300, "\(counts)")
            let rows = try await fixture.database.mysql(
                "SELECT COUNT(*), COUNT(DISTINCT instance) FROM sessions WHERE fleet_id = \(fixture.fleetID)")
            #expect(rows == [["300", "300"]])
        }
    }

    @Test func tickTakesAwayEndedOverridesOfItsOwnDeploymentsAlone() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 2, next: "2026-11-24T08:00:00Z")
            let end = try fixture.at("2026-11-24T07:30:00Z")
            try await fixture.store.write(
                ["web-1-1", "web-2-1"].map {
                    .putOverride(PowerOverride(instance: $0, state: .running, until: end, author: "anna"))
                }, fleetID: fixture.fleetID, under: [])
            // The second's tick is another runner's, and comes later.
            try await fixture.database.mysql(
                "UPDATE deployments SET next_transition_at = '2026-11-24 07:30:00' WHERE name = 'web-1'")
            let (recorded, _) = try await fixture.tick(at: "2026-11-24T07:30:00Z")
            #expect(recorded == 1)
            #expect(try await fixture.database.mysql("SELECT instance FROM power_overrides") == [["web-2-1"]])
            try await fixture.database.mysql(
                "UPDATE deployments SET next_transition_at = '2026-11-24 07:30:00' WHERE name = 'web-2'")
            let (later, _) = try await fixture.tick(at: "2026-11-24T07:31:00Z")
            #expect(later == 1, "its end is still a transition")
            #expect(try await fixture.database.mysql("SELECT instance FROM power_overrides") == [])
        }
    }

    @Test func definitionThatChangesMovesNoCursorUnlessItMovesPower() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            var deployment = Deployment(
                name: "web-1", user: "anna@example.com", bot: "watch", power: .schedule("hours"))
            deployment.parameters = ["speed": .text("5")]
            let now = try fixture.at("2026-11-24T08:10:00Z")
            let put = { (moves: Bool) -> RecordChange in
                .putDeployment(
                    deployment, region: "eu-west-1", cursor: now, nextTransition: now + 3_600, movesCursor: moves)
            }
            let times = { () async throws -> [[String]] in
                try await fixture.database.mysql("SELECT cursor_at, next_transition_at FROM deployments")
            }
            try await fixture.store.write([put(false)], fleetID: fixture.fleetID, under: [])
            #expect(try await times() == [["2026-11-24 00:00:00.000000", "2026-11-24 08:00:00.000000"]])
            #expect(try await fixture.tick(at: "2026-11-24T08:11:00Z").recorded == 1, "its start is not lost by it")
            try await fixture.store.write([put(true)], fleetID: fixture.fleetID, under: [])
            #expect(try await times() == [["2026-11-24 08:10:00.000000", "2026-11-24 09:10:00.000000"]])
            // An override's end that comes first stays what is next.
            try await fixture.store.write(
                [.putOverride(PowerOverride(instance: "web-1-1", state: .stopped, until: now + 60)), put(true)],
                fleetID: fixture.fleetID, under: [])
            try await fixture.store.write([put(true)], fleetID: fixture.fleetID, under: [])
            #expect(try await times() == [["2026-11-24 08:10:00.000000", "2026-11-24 08:11:00.000000"]])
        }
    }

    @Test func requestThatATickOvertookIsMadeAnew() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            let request = PowerRequest(
                instance: "web-1-1", deployment: "web-1",
                override: PowerOverride(
                    instance: "web-1-1", state: .stopped, until: try fixture.at("2026-11-24T08:00:00Z")),
                session: nil)
            let before = try fixture.at("2026-11-24T07:59:59Z")
            _ = try await fixture.tick(at: "2026-11-24T08:00:00Z")
            #expect(try await fixture.store.record([request], fleetID: fixture.fleetID, readAt: before) == false)
            #expect(try await fixture.database.mysql("SELECT instance FROM power_overrides") == [])
            #expect(try await fixture.store.record([request], fleetID: fixture.fleetID, readAt: before + 1))
        }
    }

    @Test func instanceThatGoesTakesItsPendingStartWithIt() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            _ = try await fixture.tick(at: "2026-11-24T08:00:00Z")
            try await fixture.store.write([.delete(.instance("web-1-1"))], fleetID: fixture.fleetID, under: [])
            #expect(try await fixture.database.mysql("SELECT outcome FROM sessions") == [["superseded"]])
        }
    }

    @Test func applysOwnSessionsAreLeftToItWhileItLives() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            let now = try fixture.at("2026-11-24T07:00:00Z")
            let session = Session(
                instance: "web-1-1", deployment: "web-1", user: "anna@example.com", action: .start, scheduledFor: now,
                outcome: .pending, source: .apply, apply: 7)
            try await fixture.store.write([.putSession(session)], fleetID: fixture.fleetID, under: [])
            let pending = { () async throws -> Int in
                try await fixture.store.pendingSessions(
                    fleetID: fixture.fleetID, action: .start, regions: ["eu-west-1"], now: now, limit: 10
                ).count
            }
            _ = try await fixture.context.keeper.acquire("apply")
            #expect(await fixture.context.keeper.heldNames.contains("apply"))
            #expect(try await pending() == 0)
            await fixture.context.keeper.release("apply")
            #expect(try await pending() == 1, "an apply that died leaves them to the runner")
        }
    }

    @Test func tickUnderALostLeaseWritesNothing() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 3, next: "2026-11-24T08:00:00Z")
            let now = try fixture.at("2026-11-24T08:00:00Z")
            var lease = try await fixture.lease()
            lease.generation += 1
            let decision = DueDecision(now: now, book: ScheduleBook(zones: zones))
            let stale = lease
            await #expect(throws: StoreError.self) {
                try await fixture.store.advanceCursors(
                    of: ["web-1", "web-2", "web-3"], fleetID: fixture.fleetID, now: now, under: [stale],
                    decide: { due in try due.map { try decision.advance($0) } })
            }
            let rows = try await fixture.database.mysql("SELECT id FROM sessions WHERE fleet_id = \(fixture.fleetID)")
            #expect(rows == [])
        }
    }

    @Test func deploymentWhoseZoneIsGoneKeepsItsCursorAndHoldsUpNobody() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 3, next: "2026-11-24T08:00:00Z")
            try await fixture.database.mysql(
                """
                INSERT INTO schedules (fleet_id, name, definition) SELECT fleet_id, 'lost', \
                REPLACE(REPLACE(definition, '"name":"hours"', '"name":"lost"'), 'UTC', 'Mars/Olympus') FROM schedules \
                WHERE fleet_id = \(fixture.fleetID); \
                UPDATE deployments SET schedule = 'lost', definition = REPLACE(definition, 'hours', 'lost') \
                WHERE fleet_id = \(fixture.fleetID) AND name = 'web-2'
                """)
            let (recorded, _) = try await fixture.tick(at: "2026-11-24T08:00:00Z") { errors in
                #expect(errors.keys.sorted() == ["deployment.web-2"])
                #expect(errors["deployment.web-2"]?.contains("Mars/Olympus") == true, "\(errors)")
            }
            #expect(recorded == 2)
            let row = try await fixture.database.mysql(
                "SELECT cursor_at, next_transition_at FROM deployments WHERE fleet_id = \(fixture.fleetID) "
                    + "AND name = 'web-2'")
            #expect(row == [["2026-11-24 00:00:00.000000", "2026-11-24 08:05:00.000000"]])
        }
    }
}
