import FleetModel
import FleetTestSupport
import Testing

@testable import Scheduling

/// user suspended > hold > override > schedule > state (SPEC 2, "Who wins").
@Suite struct DeploymentTimelineTests {
    /// Office hours in Berlin; 2026-11-23 is a Monday.
    private func timeline(
        status: User.Status = .active, hold: Hold? = nil, override: PowerOverride? = nil
    ) throws -> DeploymentTimeline {
        let schedule = CompiledSchedule(
            Schedule(name: "office-hours", week: [try entry("mon-fri", start: "08:00", stop: "18:30")]),
            in: try systemZones.zone("Europe/Berlin"))
        return DeploymentTimeline(
            userStatus: status, hold: hold, override: override, base: .schedule(schedule), zone: schedule.zone)
    }

    private func hold(_ state: PowerState, until: String?, reason: String? = nil) throws -> Hold {
        Hold(state: state, until: try until.map { try #require(LocalDateTime($0)) }, reason: reason)
    }

    private func override(_ state: PowerState, until: String?) throws -> PowerOverride {
        PowerOverride(instance: "watch-1", state: state, until: try until.map(at), author: "anna@laptop")
    }

    private func list(_ timeline: DeploymentTimeline, _ from: String, _ until: String) throws -> [String] {
        timeline.transitions(from: try at(from), until: try at(until)).map { "\($0.at) \($0.action.rawValue)" }
    }

    @Test func withoutAnythingStrongerTheScheduleDecides() throws {
        let wanted = try timeline().wanted(at: at("2026-11-23T12:00:00+01:00"))
        #expect(wanted.state == .running)
        #expect(wanted.reason == .schedule("office-hours"))
        #expect(wanted.until == (try at("2026-11-23T18:30:00+01:00")))
        #expect(wanted.next == Transition(at: try at("2026-11-23T18:30:00+01:00"), action: .stop))
        #expect(wanted.sessionSource == .schedule)
    }

    @Test func aFixedStateHasNoTransitionsAndNoEnd() throws {
        let timeline = DeploymentTimeline(base: .state(.running), zone: .utc)
        let now = try at("2026-11-23T12:00:00Z")
        #expect(timeline.wanted(at: now) == WantedPower(state: .running, reason: .fixed, until: nil, next: nil))
        #expect(timeline.next(after: now) == nil && timeline.last(atOrBefore: now) == nil)
        #expect(timeline.transitions(from: now, until: now + 900 * 86_400) == [])
        #expect(timeline.runningSeconds(from: now, until: now + 100) == 100)
        #expect(DeploymentTimeline(base: .state(.stopped), zone: .utc).runningSeconds(from: now, until: now + 100) == 0)
    }

    @Test func aSuspendedUsersInstanceIsStoppedWhateverElseIsSaid() throws {
        let timeline = try timeline(
            status: .suspended, hold: hold(.running, until: nil), override: override(.running, until: nil))
        let now = try at("2026-11-23T12:00:00Z")
        #expect(timeline.wanted(at: now) == WantedPower(state: .stopped, reason: .suspended, until: nil, next: nil))
        #expect(timeline.transitions(from: now, until: now + 30 * 86_400) == [])
        #expect(timeline.next(after: now) == nil && timeline.last(atOrBefore: now) == nil)
        #expect(timeline.runningSeconds(from: now, until: now + 86_400) == 0)
        #expect(timeline.wanted(at: now).sessionSource == .suspend)
    }

    @Test func aHoldHidesTheScheduleUntilItsLocalEndWhichIsATransition() throws {
        let timeline = try timeline(hold: hold(.stopped, until: "2026-11-25T12:00", reason: "site under repair"))
        let wanted = timeline.wanted(at: try at("2026-11-24T12:00:00Z"))
        #expect(wanted.state == .stopped && wanted.reason == .hold(reason: "site under repair"))
        #expect(wanted.until == (try at("2026-11-25T11:00:00Z")))
        #expect(
            try list(timeline, "2026-11-23T00:00:00Z", "2026-11-26T12:00:00Z") == [
                "2026-11-25T11:00:00Z start", "2026-11-25T17:30:00Z stop", "2026-11-26T07:00:00Z start",
            ])
        #expect(timeline.next(after: try at("2026-11-23T00:00:00Z"))?.at == (try at("2026-11-25T11:00:00Z")))
        #expect(timeline.wanted(at: try at("2026-11-25T11:00:00Z")).reason == .schedule("office-hours"))
        #expect(wanted.sessionSource == .hold)
    }

    @Test func aHoldsEndInAGapIsWhereTheGapEnds() throws {
        let timeline = try timeline(hold: hold(.stopped, until: "2026-03-29T02:30"))
        #expect(timeline.wanted(at: try at("2026-03-29T00:59:59Z")).until == (try at("2026-03-29T01:00:00Z")))
    }

    @Test func aHoldWithoutAnEndLastsForGood() throws {
        let timeline = try timeline(hold: hold(.running, until: nil))
        let now = try at("2026-11-28T12:00:00Z")
        #expect(timeline.wanted(at: now).state == .running && timeline.wanted(at: now).until == nil)
        #expect(timeline.next(after: now) == nil && timeline.last(atOrBefore: now) == nil)
        #expect(timeline.transitions(from: now, until: now + 400 * 86_400) == [])
        #expect(timeline.runningSeconds(from: now, until: now + 5000) == 5000)
    }

    @Test func aHoldThatHasEndedSaysNothingMore() throws {
        let timeline = try timeline(hold: hold(.running, until: "2026-11-20T12:00"))
        #expect(timeline.wanted(at: try at("2026-11-21T12:00:00Z")).reason == .schedule("office-hours"))
        #expect(timeline.last(atOrBefore: try at("2026-11-21T12:00:00Z"))?.at == (try at("2026-11-20T17:30:00Z")))
    }

    @Test func anOverrideStandsOverTheScheduleUntilItsInstant() throws {
        let timeline = try timeline(override: override(.running, until: "2026-11-23T21:00:00Z"))
        #expect(
            try list(timeline, "2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z") == [
                "2026-11-23T21:00:00Z stop", "2026-11-24T07:00:00Z start", "2026-11-24T17:30:00Z stop",
            ])
        let wanted = timeline.wanted(at: try at("2026-11-23T20:59:59Z"))
        #expect(wanted.state == .running && wanted.reason == .override(author: "anna@laptop"))
        #expect(wanted.sessionSource == .override)
    }

    @Test func anOverrideThatEndsAtATransitionIsThatTransition() throws {
        // `botfleet start` outside hours lasts until the schedule's next transition.
        let timeline = try timeline(override: override(.running, until: "2026-11-24T07:00:00Z"))
        #expect(
            try list(timeline, "2026-11-23T18:00:00Z", "2026-11-24T12:00:00Z") == ["2026-11-24T07:00:00Z start"])
        #expect(timeline.wanted(at: try at("2026-11-24T07:00:00Z")).reason == .schedule("office-hours"))
    }

    @Test func aHoldWinsOverAnOverrideThatShowsAfterIt() throws {
        let timeline = try timeline(
            hold: hold(.stopped, until: "2026-11-24T10:00"), override: override(.running, until: "2026-11-26T00:00:00Z")
        )
        #expect(timeline.wanted(at: try at("2026-11-24T08:59:59Z")).reason == .hold(reason: nil))
        #expect(timeline.wanted(at: try at("2026-11-24T09:00:00Z")).reason == .override(author: "anna@laptop"))
        #expect(
            try list(timeline, "2026-11-23T00:00:00Z", "2026-11-26T12:00:00Z") == [
                "2026-11-24T09:00:00Z start", "2026-11-26T00:00:00Z stop", "2026-11-26T07:00:00Z start",
            ])
        #expect(
            timeline.runningSeconds(from: try at("2026-11-24T08:00:00Z"), until: try at("2026-11-26T08:00:00Z"))
                == 39 * 3600 + 3600)
    }

    @Test func anOverrideThatEndsWithinAHoldNeverShows() throws {
        let timeline = try timeline(
            hold: hold(.stopped, until: "2026-11-24T10:00"), override: override(.running, until: "2026-11-24T08:00:00Z")
        )
        #expect(try list(timeline, "2026-11-23T00:00:00Z", "2026-11-24T10:00:00Z") == ["2026-11-24T09:00:00Z start"])
        #expect(timeline.wanted(at: try at("2026-11-24T07:30:00Z")).reason == .hold(reason: nil))
    }

    @Test func aHoldsEndOverAFixedStateGoesBackToIt() throws {
        let timeline = DeploymentTimeline(
            hold: try hold(.stopped, until: "2026-12-01T08:00"), base: .state(.running),
            zone: try systemZones.zone("Europe/Berlin"))
        #expect(
            timeline.next(after: try at("2026-11-23T00:00:00Z"))
                == Transition(at: try at("2026-12-01T07:00:00Z"), action: .start))
        #expect(timeline.last(atOrBefore: try at("2027-01-01T00:00:00Z"))?.at == (try at("2026-12-01T07:00:00Z")))
        #expect(timeline.wanted(at: try at("2026-12-01T07:00:00Z")).reason == .fixed)
    }

    @Test func aScheduleThatSaysNothingYetLeavesTheInstanceAlone() throws {
        let schedule = CompiledSchedule(
            Schedule(name: "later", week: [], exceptions: [try exception("2026-12-24", .stopped)]), in: .utc)
        let timeline = DeploymentTimeline(base: .schedule(schedule), zone: .utc)
        let wanted = timeline.wanted(at: try at("2026-11-23T00:00:00Z"))
        #expect(wanted.state == nil && wanted.reason == .nothing(schedule: "later"))
        #expect(wanted.until == (try at("2026-12-24T00:00:00Z")))
        let held = DeploymentTimeline(
            hold: Hold(state: .running, until: LocalDateTime("2026-11-30T00:00")), base: .schedule(schedule), zone: .utc
        )
        #expect(
            held.next(after: try at("2026-11-23T00:00:00Z"))?.at == (try at("2026-12-24T00:00:00Z")),
            "a hold's end after which nothing is said is no transition")
    }

    @Test func theStateIsAlwaysThatOfTheLastTransitionOnceThereIsOne() throws {
        var generator = SeededGenerator(for: "theStateIsAlwaysThatOfTheLastTransitionOnceThereIsOne")
        let zone = try systemZones.zone("Europe/Berlin")
        let begin = try at("2026-03-20T00:00:00Z")
        for _ in 0..<80 {
            let random = RandomSchedule(zone: zone, changes: [1_774_746_000], using: &generator)
            let local = zone.local(begin + Int.random(in: 0...20 * 86_400, using: &generator))
            let end = begin + Int.random(in: 0...20 * 86_400, using: &generator)
            let timeline = DeploymentTimeline(
                hold: Bool.random(using: &generator) ? Hold(state: .stopped, until: local) : nil,
                override: Bool.random(using: &generator)
                    ? PowerOverride(instance: "i", state: .running, until: end) : nil,
                base: .schedule(CompiledSchedule(random.schedule, in: zone)), zone: zone)
            let all = timeline.transitions(from: begin, until: begin + 30 * 86_400)
            #expect(all == all.sorted() && Set(all.map(\.at)).count == all.count)
            var moment = begin - 1
            for transition in all {
                #expect(timeline.next(after: moment) == transition, "seed \(generator.seed)")
                #expect(timeline.last(atOrBefore: transition.at) == transition, "seed \(generator.seed)")
                #expect(timeline.wanted(at: transition.at).state == transition.state, "seed \(generator.seed)")
                moment = transition.at
            }
            // A hold's or override's end after which the schedule says nothing is no transition, but ends what it wanted.
            let until = begin + 30 * 86_400
            let edges = (all.map(\.at) + [zone.instant(of: local), end]).filter { $0 > begin && $0 < until }.sorted()
            let parts = zip([begin] + edges, edges + [until]).map { from, until in
                timeline.wanted(at: from).state == .running ? until - from : 0
            }
            #expect(
                timeline.runningSeconds(from: begin, until: until) == parts.reduce(0, +),
                "seed \(generator.seed)")
        }
    }
}
