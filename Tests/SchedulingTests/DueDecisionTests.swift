import FleetModel
import FleetTestSupport
import Testing

@testable import Scheduling

/// What a tick makes of a due deployment (SPEC 2, "Nothing missed, nothing twice").
@Suite struct DueDecisionTests {
    private let book = ScheduleBook(zones: systemZones)

    /// Office hours in Berlin; 2026-11-23 is a Monday.
    private func due(
        cursor: String, instances: [RecordedInstanceState] = [RecordedInstanceState(name: "web-1", state: .stopped)],
        overrides: [PowerOverride] = [], hold: Hold? = nil, status: User.Status = .active,
        week: [ScheduleEntry]? = nil
    ) throws -> DueDeployment {
        let schedule = Schedule(
            name: "hours", timezone: "Europe/Berlin",
            week: try week ?? [try entry("mon-fri", start: "08:00", stop: "18:00")])
        return DueDeployment(
            deployment: Deployment(
                name: "web", user: "anna@example.com", bot: "watch", power: .schedule("hours"), hold: hold),
            region: "eu-west-1", cursor: try at(cursor),
            user: User(email: "anna@example.com", timezone: "Asia/Tokyo", status: status), schedule: schedule,
            instances: instances,
            overrides: Dictionary(overrides.map { ($0.instance, $0) }, uniquingKeysWith: { $1 }))
    }

    private func advance(_ due: DueDeployment, now: String) throws -> CursorAdvance {
        try DueDecision(now: try at(now), book: book).advance(due)
    }

    private func lines(_ advance: CursorAdvance) -> [String] {
        advance.sessions.map {
            "\($0.instance) \($0.scheduledFor) \($0.action.rawValue) \($0.outcome.rawValue) \($0.source.rawValue)"
        }
    }

    @Test func transitionThatJustCameIsPendingAndTheCursorStandsAtNow() throws {
        let advance = try advance(due(cursor: "2026-11-23T06:59:00Z"), now: "2026-11-23T07:00:30Z")
        #expect(lines(advance) == ["web-1 2026-11-23T07:00:00Z start pending schedule"])
        #expect(advance.cursor == (try at("2026-11-23T07:00:30Z")))
        #expect(advance.next == (try at("2026-11-23T17:00:00Z")))
    }

    @Test func daysOfDowntimeLeaveTheLastPendingAndTheOthersSuperseded() throws {
        let advance = try advance(due(cursor: "2026-11-23T06:00:00Z"), now: "2026-11-26T11:00:00Z")
        #expect(
            lines(advance) == [
                "web-1 2026-11-23T07:00:00Z start superseded schedule",
                "web-1 2026-11-23T17:00:00Z stop superseded schedule",
                "web-1 2026-11-24T07:00:00Z start superseded schedule",
                "web-1 2026-11-24T17:00:00Z stop superseded schedule",
                "web-1 2026-11-25T07:00:00Z start superseded schedule",
                "web-1 2026-11-25T17:00:00Z stop superseded schedule",
                "web-1 2026-11-26T07:00:00Z start pending schedule",
            ])
    }

    @Test func transitionAtTheCursorIsAccountedForAlreadyAndOneAtNowIsNot() throws {
        let advance = try advance(due(cursor: "2026-11-23T07:00:00Z"), now: "2026-11-23T17:00:00Z")
        #expect(lines(advance) == ["web-1 2026-11-23T17:00:00Z stop pending schedule"])
    }

    @Test func everyTransitionIsRecordedOnceWhereverTheTicksFall() throws {
        var random = SeededGenerator(for: "everyTransitionIsRecordedOnceWhereverTheTicksFall")
        let start = try at("2026-03-20T00:00:00Z")
        let end = try at("2026-04-20T00:00:00Z")
        let whole = try due(
            cursor: start.description,
            week: [
                try entry("everyday", start: "01:30", stop: "02:30"), try entry("sun", start: "22:00", stop: "03:00"),
            ])
        let expected = try DeploymentTimeline(whole, override: nil, book: book).transitions(
            from: start + 1, until: end + 1)
        for _ in 0..<50 {
            var deployment = whole
            var sessions: [Session] = []
            while deployment.cursor < end {
                let now = min(end, deployment.cursor + Int.random(in: 1...200_000, using: &random))
                let advance = try DueDecision(now: now, book: book).advance(deployment)
                sessions += advance.sessions
                #expect(advance.sessions.count { $0.outcome == .pending } <= 1)
                #expect(advance.next.map { $0 > advance.cursor } ?? true)
                deployment.cursor = advance.cursor
            }
            #expect(sessions.map { Transition(at: $0.scheduledFor, action: $0.action) } == expected)
        }
    }

    @Test func monthsOfDowntimeAreRecordedInStepsThatLoseNothing() throws {
        let instances = (1...100).map { RecordedInstanceState(name: "web-\($0)", state: .stopped) }
        var deployment = try due(cursor: "2026-01-01T00:00:00Z", instances: instances)
        let now = try at("2026-11-23T12:00:00Z")
        let expected = try DeploymentTimeline(deployment, override: nil, book: book)
            .transitions(from: deployment.cursor + 1, until: now + 1).count
        var count = 0
        var steps = 0
        while deployment.cursor < now {
            let advance = try DueDecision(now: now, book: book).advance(deployment)
            let pending = advance.sessions.count { $0.outcome == .pending }
            #expect(pending == (advance.cursor == now ? 100 : 0))
            #expect(advance.sessions.count <= DueDecision.sessionsPerStep)
            #expect(advance.cursor > deployment.cursor)
            count += advance.sessions.count
            steps += 1
            deployment.cursor = advance.cursor
        }
        #expect(count == expected * 100)
        #expect(steps > 1)
    }

    @Test func endOfAnOverrideIsATransitionOfItsInstanceAlone() throws {
        let instances = ["web-1", "web-2"].map { RecordedInstanceState(name: $0, state: .running) }
        let override = PowerOverride(
            instance: "web-1", state: .stopped, until: try at("2026-11-23T10:00:00Z"), author: "anna")
        let due = try due(cursor: "2026-11-23T09:00:00Z", instances: instances, overrides: [override])
        let advance = try advance(due, now: "2026-11-23T10:00:10Z")
        #expect(lines(advance) == ["web-1 2026-11-23T10:00:00Z start pending override"])
        #expect(advance.next == (try at("2026-11-23T17:00:00Z")))
    }

    @Test func endOfAHoldHandsOverToTheSchedule() throws {
        let hold = Hold(state: .stopped, until: LocalDateTime("2026-11-23T12:00"))
        let advance = try advance(due(cursor: "2026-11-23T06:00:00Z", hold: hold), now: "2026-11-23T12:00:00Z")
        #expect(lines(advance) == ["web-1 2026-11-23T11:00:00Z start pending hold"])
    }

    @Test func nextIsTheEarliestOfAllInstances() throws {
        let instances = ["web-1", "web-2"].map { RecordedInstanceState(name: $0, state: .running) }
        let override = PowerOverride(
            instance: "web-2", state: .running, until: try at("2026-11-23T20:00:00Z"), author: nil)
        let due = try due(cursor: "2026-11-23T06:00:00Z", instances: instances, overrides: [override])
        #expect(try advance(due, now: "2026-11-23T07:00:00Z").next == at("2026-11-23T17:00:00Z"))
        #expect(try advance(due, now: "2026-11-23T18:00:00Z").next == at("2026-11-23T20:00:00Z"))
    }

    @Test func suspendedUsersDeploymentHasNoTransitionsAndNoNext() throws {
        let advance = try advance(
            due(cursor: "2026-11-23T06:00:00Z", status: .suspended), now: "2026-11-26T12:00:00Z")
        #expect(advance.sessions == [])
        #expect(advance.next == nil)
    }

    @Test func whatWasTerminatedDeliberatelyIsSkipped() throws {
        let instances = [RecordedInstanceState(name: "web-1", state: .terminated)]
        let advance = try advance(
            due(cursor: "2026-11-23T06:00:00Z", instances: instances), now: "2026-11-23T07:00:00Z")
        #expect(lines(advance) == ["web-1 2026-11-23T07:00:00Z start skipped schedule"])
        #expect(
            advance.sessions.first?.error
                == "it was terminated deliberately, and comes back by restore or a change of its file")
    }

    @Test(arguments: InstanceState.allCases.filter { $0 != .terminated })
    func whatMayBeAnotherStateWhenItIsDoneIsPending(state: InstanceState) throws {
        let instances = [RecordedInstanceState(name: "web-1", state: state)]
        let due = try due(cursor: "2026-11-23T06:00:00Z", instances: instances)
        #expect(
            lines(try advance(due, now: "2026-11-23T07:00:00Z")) == [
                "web-1 2026-11-23T07:00:00Z start pending schedule"
            ])
        #expect(try advance(due, now: "2026-11-23T17:00:00Z").sessions.last?.outcome == .pending)
    }

    @Test func stopOfWhatHasNoMachineIsNothingToDo() {
        for state in [InstanceState.planned, .lost, .terminating, .terminated] {
            #expect(DueDecision.nothingToDo(.stop, state) != nil)
        }
        for state in [InstanceState.planned, .lost, .terminating, .stopping, .stopped] {
            #expect(DueDecision.nothingToDo(.start, state) == nil)
        }
    }

    @Test(arguments: [(1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900), (1000, 900)])
    func pausesBetweenTriesGrowToAQuarterOfAnHour(attempts: Int, seconds: Int) {
        #expect(Session.pause(afterAttempts: attempts) == seconds)
    }
}
