import FleetModel
import FleetStore
import FleetTestSupport
import Testing

@Suite struct HistoryTests {
    private func record(_ commit: String = "abc") -> ApplyRecord {
        ApplyRecord(
            author: "Anna <anna@example.com>", operatorName: "anna@laptop", commit: commit, dirty: true,
            summary: ["create": 3])
    }

    @Test func applyIsRecordedFromBeginningToEnd() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            let id = try await fixture.store.beginApply(record(), fleetID: fixture.fleetID, under: lease)
            let running = try #require(try await fixture.store.applies(fleetID: fixture.fleetID).first)
            #expect(running.id == id && running.record == record() && running.finishedAt == nil)
            try await fixture.store.write(
                [.finishApply(id: id, outcome: .failed, error: "no capacity")], fleetID: fixture.fleetID, under: [lease]
            )
            let ended = try #require(try await fixture.store.applies(fleetID: fixture.fleetID).first)
            #expect(ended.record.outcome == .failed && ended.record.error == "no capacity")
            #expect(ended.finishedAt != nil)
        }
    }

    @Test func applyThatNeverEndedIsInterruptedByTheNext() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            let first = try await fixture.store.beginApply(record("one"), fleetID: fixture.fleetID, under: lease)
            let second = try await fixture.store.beginApply(record("two"), fleetID: fixture.fleetID, under: lease)
            let applies = try await fixture.store.applies(fleetID: fixture.fleetID)
            #expect(applies.map(\.id) == [second, first])
            #expect(applies.map(\.record.outcome) == [.running, .interrupted])
        }
    }

    @Test func applyWithoutItsLeaseIsNotBegun() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            try await fixture.store.releaseLeases([lease])
            let error = await #expect(throws: StoreError.self) {
                _ = try await fixture.store.beginApply(record(), fleetID: fixture.fleetID, under: lease)
            }
            #expect(error?.kind == .leaseLost)
            #expect(try await fixture.store.applies(fleetID: fixture.fleetID).isEmpty)
        }
    }

    @Test func stepsAreOpenUntilSettledAndKeepTheirRequestByteForByte() async throws {
        try await StoreFixture.run { fixture in
            let lease = try await fixture.lease()
            let apply = try await fixture.store.beginApply(record(), fleetID: fixture.fleetID, under: lease)
            var steps = (1...3).map { Sample.step("step-\($0)", apply: apply, address: .instance("watch-\($0)")) }
            steps[0].request = "{\"UserData\":\"IyEvYmluL3No\",\"z\":1,\"a\":\"ü\\u0000 \"}"
            try await fixture.write(steps.map { .openStep($0) })
            try await fixture.write(steps.map { .openStep($0) })
            #expect(try await fixture.store.openSteps(fleetID: fixture.fleetID) == steps)
            try await fixture.write([
                .settleStep(id: "step-1", outcome: .done, result: "i-1", error: nil),
                .settleStep(id: "step-3", outcome: .failed, result: nil, error: "no"),
            ])
            #expect(try await fixture.store.openSteps(fleetID: fixture.fleetID).map(\.id) == ["step-2"])
            let all = try await fixture.store.steps(fleetID: fixture.fleetID, apply: apply)
            #expect(all.map(\.outcome) == [.done, .open, .failed])
            #expect(all.map(\.result) == ["i-1", nil, nil])
            #expect(all.map(\.error) == [nil, nil, "no"])
            #expect(all[0].request == steps[0].request)
        }
    }

    @Test func stepOpenedAndSettledInOneWriteIsSettled() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write([
                .openStep(Sample.step("s")), .settleStep(id: "s", outcome: .abandoned, result: nil, error: nil),
            ])
            #expect(try await fixture.store.openSteps(fleetID: fixture.fleetID).isEmpty)
        }
    }

    @Test func stepThatWasNeverOpenedCannotBeSettled() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write([.openStep(Sample.step("s"))])
            let error = await #expect(throws: StoreError.self) {
                try await fixture.write([
                    .settleStep(id: "s", outcome: .done, result: nil, error: nil),
                    .settleStep(id: "other", outcome: .done, result: nil, error: nil),
                ])
            }
            #expect(error?.kind == .unknownStep)
            #expect(try await fixture.store.openSteps(fleetID: fixture.fleetID).count == 1, "all or nothing")
        }
    }

    @Test func manyStepsAreSettledByHundreds() async throws {
        try await StoreFixture.run { fixture in
            let ids = (1...450).map { "step-\($0)" }
            try await fixture.write(ids.map { .openStep(Sample.step($0)) })
            let before = fixture.store.statementCount
            try await fixture.write(ids.map { .settleStep(id: $0, outcome: .done, result: "r\($0)", error: nil) })
            #expect(fixture.store.statementCount - before == 5)
            #expect(
                try await fixture.rows(
                    "SELECT COUNT(*) FROM steps WHERE fleet_id = FLEET AND outcome = 'done' AND result = CONCAT('r', id)"
                )
                    == [["450"]])
        }
    }

    @Test func sessionIsUniqueByInstanceTimeAndAction() async throws {
        try await StoreFixture.run { fixture in
            var session = Sample.session()
            try await fixture.write([.putSession(session)])
            session.outcome = .succeeded
            session.attempts = 2
            session.executedAt = Instant(seconds: 1_700_000_030)
            var stop = session
            stop.action = .stop
            try await fixture.write([.putSession(session), .putSession(stop)])
            let sessions = try await fixture.store.sessions(fleetID: fixture.fleetID)
            #expect(sessions.count == 2)
            #expect(Set(sessions) == [session, stop])
        }
    }

    @Test func sessionsAreFilteredAndLatestFirst() async throws {
        try await StoreFixture.run { fixture in
            var other = Sample.session("other-1", at: 1_700_000_300)
            other.user = "ben@example.com"
            other.deployment = "other"
            other.outcome = .failed
            other.error = "InsufficientInstanceCapacity"
            let mine = (0..<5).map { Sample.session(at: 1_700_000_000 + Int64($0) * 100) }
            try await fixture.write((mine + [other]).map { .putSession($0) })
            func find(_ filter: SessionFilter) async throws -> [Session] {
                try await fixture.store.sessions(fleetID: fixture.fleetID, filter: filter)
            }
            #expect(try await find(SessionFilter(user: "BEN@example.com")) == [other])
            #expect(try await find(SessionFilter(deployment: "other")) == [other])
            #expect(try await find(SessionFilter(instance: "other-1", outcome: .failed)) == [other])
            #expect(try await find(SessionFilter(outcome: .skipped)).isEmpty)
            #expect(try await find(SessionFilter(deployment: "watch", limit: 2)) == [mine[4], mine[3]])
            let between = SessionFilter(
                deployment: "watch", since: Instant(seconds: 1_700_000_100), until: Instant(seconds: 1_700_000_300))
            #expect(try await find(between) == [mine[2], mine[1]])
        }
    }

    @Test func historyOutlivesItsInstance() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(
                Sample.base + [
                    .putInstance(Sample.instance()), .putSession(Sample.session()), .openStep(Sample.step("s")),
                ])
            try await fixture.write([.delete(.instance("watch-1"))])
            #expect(try await fixture.store.sessions(fleetID: fixture.fleetID).count == 1)
            #expect(try await fixture.store.openSteps(fleetID: fixture.fleetID).count == 1)
        }
    }

    @Test func eventsAreReadFromTheEndOrFromAPlace() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write((1...7).map { .event(Event(type: "T\($0)", subject: "s")) })
            let newest = try await fixture.store.events(fleetID: fixture.fleetID, limit: 3)
            #expect(newest.map(\.event.type) == ["T5", "T6", "T7"])
            let first = try #require(try await fixture.store.events(fleetID: fixture.fleetID).first)
            let next = try await fixture.store.events(fleetID: fixture.fleetID, limit: 2, after: first.id)
            #expect(next.map(\.event.type) == ["T2", "T3"])
        }
    }
}
