import FleetModel
import FleetStore
import FleetTestSupport
import Testing

@Suite struct LeaseTests {
    @Test func freeLeaseIsTakenAndItsHolderIsKnown() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease(seconds: 15)
            #expect(lease.generation == 1)
            #expect(lease.holder == Sample.holder("me"))
            #expect(lease.expiresAt - lease.acquiredAt == 15)
            let attempt = try await fixture.store.acquireLease(
                "apply", fleetID: fixture.fleetID, holder: Sample.holder("other"), seconds: 15)
            #expect(attempt == .held(by: lease))
            #expect(try await fixture.store.leases(fleetID: fixture.fleetID) == [lease])
        }
    }

    @Test func sameHolderDoesNotGetItTwice() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            let again = try await fixture.store.acquireLease(
                "apply", fleetID: fixture.fleetID, holder: Sample.holder("me"), seconds: 15)
            #expect(again == .held(by: lease))
        }
    }

    @Test func releasedLeaseIsTakenWithHigherGeneration() async throws {
        try await StoreFixture.run { fixture in
            let first = try await fixture.lease()
            try await fixture.store.releaseLeases([first])
            #expect(try await fixture.store.leases(fleetID: fixture.fleetID).isEmpty)
            let second = try await fixture.lease(holder: "other")
            #expect(second.generation == 2)
            try await fixture.store.releaseLeases([first])
            #expect(
                try await fixture.store.leases(fleetID: fixture.fleetID) == [second], "a stale release does nothing")
        }
    }

    @Test func expiredLeaseIsTakenOverWithHigherGeneration() async throws {
        try await StoreFixture.run { fixture in
            let first = try await fixture.lease(seconds: 1)
            var taken: Lease?
            try await waitUntil("the lease runs out") {
                let attempt = try await fixture.store.acquireLease(
                    "apply", fleetID: fixture.fleetID, holder: Sample.holder("other"), seconds: 60)
                if case .acquired(let lease) = attempt { taken = lease }
                return taken != nil
            }
            #expect(taken?.generation == 2)
            #expect(try await fixture.store.renewLeases([first], seconds: 60).isEmpty)
            let error = await #expect(throws: StoreError.self) {
                try await fixture.store.write(Sample.base, fleetID: fixture.fleetID, under: [first])
            }
            #expect(error?.kind == .leaseLost)
            #expect(error?.lease == "apply")
            #expect(try await fixture.state().definitions.isEmpty)
        }
    }

    @Test func leaseThatRanOutUntakenStopsWritesToo() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease(seconds: 60)
            _ = try await fixture.rows("UPDATE leases SET expires_at = UTC_TIMESTAMP(6) WHERE fleet_id = FLEET")
            await #expect(throws: StoreError.self) {
                try await fixture.store.write(Sample.base, fleetID: fixture.fleetID, under: [lease])
            }
            #expect(try await fixture.store.renewLeases([lease], seconds: 60).isEmpty)
        }
    }

    @Test func sixteenAtOnceMakeExactlyOneHolderEachTime() async throws {
        try await StoreFixture.run { fixture in
            let stores = [fixture.store, try await StoreFixture.connect(fixture.database)]
            for round in 1...12 {
                let winners = try await withThrowingTaskGroup(of: LeaseAttempt.self, returning: [Lease].self) { group in
                    for task in 0..<16 {
                        group.addTask {
                            try await stores[task % 2].acquireLease(
                                "apply", fleetID: fixture.fleetID, holder: Sample.holder("task-\(task)"), seconds: 60)
                        }
                    }
                    var winners: [Lease] = []
                    for try await attempt in group {
                        if case .acquired(let lease) = attempt { winners.append(lease) }
                    }
                    return winners
                }
                #expect(winners.count == 1)
                #expect(winners.first?.generation == Int64(round))
                try await fixture.store.releaseLeases(winners)
            }
            await stores[1].close()
        }
    }

    @Test func manyLeasesAreTakenInTwoStatementsEachByItself() async throws {
        try await StoreFixture.run { fixture in
            let theirs = try await fixture.lease("instance/watch-7", holder: "other")
            let names = (1...50).map { "instance/watch-\($0)" }
            let before = fixture.store.statementCount
            let attempts = try await fixture.store.acquireLeases(
                names, fleetID: fixture.fleetID, holder: Sample.holder("me"), seconds: 60)
            #expect(fixture.store.statementCount - before == 2)
            #expect(attempts.count == 50)
            #expect(attempts["instance/watch-7"] == .held(by: theirs))
            let mine = attempts.values.compactMap { attempt -> Lease? in
                if case .acquired(let lease) = attempt { lease } else { nil }
            }
            #expect(mine.count == 49)

            let renewing = fixture.store.statementCount
            let renewed = try await fixture.store.renewLeases(mine, seconds: 600)
            #expect(fixture.store.statementCount - renewing == 1)
            #expect(renewed.count == 49)
            let stored = Dictionary(
                uniqueKeysWithValues: try await fixture.store.leases(fleetID: fixture.fleetID).map { ($0.name, $0) })
            for lease in renewed {
                let there = try #require(stored[lease.name])
                #expect(lease.expiresAt <= there.expiresAt, "never later than the database has it")
                #expect(there.expiresAt - lease.expiresAt <= 2)
            }
            #expect(
                try await fixture.store.renewLeases(mine + [theirs], seconds: 600).count == 50, "each by its own holder"
            )
            try await fixture.store.releaseLeases(Array(mine.prefix(20)))
            #expect(try await fixture.store.renewLeases(mine, seconds: 600).count == 29)
            try await fixture.store.write(Sample.base, fleetID: fixture.fleetID, under: [theirs] + mine.suffix(29))
            await #expect(throws: StoreError.self) {
                try await fixture.store.write(Sample.base, fleetID: fixture.fleetID, under: mine)
            }
        }
    }

    @Test func rivalsForTheSameManyLeasesShareThemOut() async throws {
        try await StoreFixture.run { fixture in
            let names = (1...60).map { "instance/watch-\($0)" }
            let won = try await withThrowingTaskGroup(of: Int.self, returning: Int.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        let attempts = try await fixture.store.acquireLeases(
                            names.shuffled(), fleetID: fixture.fleetID, holder: Sample.holder("task-\(task)"),
                            seconds: 60)
                        return attempts.values.count { if case .acquired = $0 { true } else { false } }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(won == 60)
        }
    }

    @Test func takingWaitsForAWriteThatHoldsTheLease() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<20 {
                    group.addTask {
                        try await fixture.store.write(
                            [.event(Event(type: "E\(round)", subject: "s"))], fleetID: fixture.fleetID, under: [lease])
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.rows("SELECT writes FROM leases WHERE fleet_id = FLEET") == [["20"]])
        }
    }

    @Test func databaseTellsTheTime() async throws {
        try await StoreFixture.run { fixture in
            let before = try await fixture.rows("SELECT UNIX_TIMESTAMP()")
            let now = try await fixture.store.databaseNow()
            let seconds = try #require(Int64(before.first?.first ?? ""))
            #expect((0...5).contains(now.seconds - seconds))
        }
    }
}
