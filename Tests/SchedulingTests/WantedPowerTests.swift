import FleetModel
import Testing

@testable import Scheduling

@Suite struct WantedPowerTests {
    /// Saturday, 21 November 2026, noon in Berlin.
    private func text(_ state: PowerState?, _ reason: WantedPower.Reason, until: String? = nil) throws -> String {
        try WantedPower(state: state, reason: reason, until: until.map(at), next: nil).text(
            now: at("2026-11-21T11:00:00Z"), zone: systemZones.zone("Europe/Berlin"))
    }

    @Test func powerReadsAsPeopleSayIt() throws {
        #expect(
            try text(.stopped, .schedule("office-hours"), until: "2026-11-23T07:00:00Z")
                == "stopped by office-hours until Mon 08:00")
        #expect(try text(.running, .schedule("always")) == "running by always")
        #expect(
            try text(.stopped, .hold(reason: "site under repair"), until: "2026-11-24T07:00:00Z")
                == "stopped by hold until Tue 08:00 (site under repair)")
        #expect(try text(.stopped, .hold(reason: nil)) == "stopped by hold")
        #expect(
            try text(.running, .override(author: "anna@laptop"), until: "2026-11-21T13:05:00Z")
                == "running by override until Sat 14:05")
        #expect(try text(.stopped, .suspended) == "stopped because the user is suspended")
        #expect(try text(.running, .fixed) == "running by its state")
        #expect(
            try text(nil, .nothing(schedule: "later"), until: "2026-11-23T07:00:00Z")
                == "left alone by later until Mon 08:00")
    }

    @Test func timesMoreThanSixDaysAwayHaveTheirDate() throws {
        #expect(
            try text(.stopped, .schedule("s"), until: "2026-11-27T22:59:00Z") == "stopped by s until Fri 23:59")
        #expect(
            try text(.stopped, .schedule("s"), until: "2026-11-27T23:00:00Z")
                == "stopped by s until Sat 2026-11-28 00:00")
        #expect(
            try text(.stopped, .schedule("s"), until: "2027-11-27T23:00:00Z")
                == "stopped by s until Sun 2027-11-28 00:00")
    }

    @Test func untilIsWhenTheStateChangesAndNotTheNextRepetition() throws {
        let schedule = CompiledSchedule(
            Schedule(
                name: "office-hours",
                week: [try entry("mon-fri", start: "08:00", stop: "18:30"), try entry("everyday", stop: "23:30")]),
            in: try systemZones.zone("Europe/Berlin"))
        let now = try at("2026-11-21T11:00:00Z")
        let wanted = DeploymentTimeline(base: .schedule(schedule), zone: schedule.zone).wanted(at: now)
        #expect(wanted.text(now: now, zone: schedule.zone) == "stopped by office-hours until Mon 08:00")
        #expect(wanted.next == Transition(at: try at("2026-11-21T22:30:00Z"), action: .stop))
    }

    @Test func sessionsSayWhoAskedForThePower() {
        let reasons: [(WantedPower.Reason, Session.Source)] = [
            (.suspended, .suspend), (.hold(reason: nil), .hold), (.override(author: nil), .override),
            (.schedule("s"), .schedule), (.fixed, .apply), (.nothing(schedule: "s"), .apply),
        ]
        for (reason, source) in reasons {
            #expect(WantedPower(state: nil, reason: reason, until: nil, next: nil).sessionSource == source)
        }
    }

    @Test func actionsAndStatesAreEachOthersName() {
        for state in PowerState.allCases { #expect(Session.Action(state).state == state) }
        for action in Session.Action.allCases { #expect(Session.Action(action.state) == action) }
        #expect(Transition(at: Instant(seconds: 1), action: .stop).state == .stopped)
    }
}
