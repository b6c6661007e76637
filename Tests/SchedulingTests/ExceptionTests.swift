import FleetModel
import Testing

@testable import Scheduling

/// Exceptions to the letter of SPEC 2, over office hours in a zone without clock changes.
@Suite struct ExceptionTests {
    private func office(_ exceptions: [ScheduleException]) throws -> CompiledSchedule {
        try compiled("UTC", [entry("mon-fri", start: "08:00", stop: "18:00")], exceptions: exceptions)
    }

    private func preview(_ schedule: CompiledSchedule, _ from: String, _ until: String) throws -> [String] {
        try schedule.preview("\(from)T00:00:00Z", "\(until)T00:00:00Z").map { $0.replacing("+00:00", with: "Z") }
    }

    @Test func stoppedDaysHaveOneStopAtTheirBeginningAndTheWeeksStateAtTheirEnd() throws {
        // Thursday and Friday; what the week says at Saturday's midnight is Friday's stop.
        let schedule = try office([exception("2026-12-24", "2026-12-25", .stopped)])
        #expect(
            try preview(schedule, "2026-12-23", "2026-12-29") == [
                "2026-12-23T08:00:00Z start", "2026-12-23T18:00:00Z stop", "2026-12-24T00:00:00Z stop",
                "2026-12-26T00:00:00Z stop", "2026-12-28T08:00:00Z start", "2026-12-28T18:00:00Z stop",
            ])
        #expect(try schedule.state("2026-12-24T12:00:00Z") == .stopped)
    }

    @Test func runningDaysStartAtTheirBeginning() throws {
        let schedule = try office([exception("2026-11-28", "2026-11-29", .running)])
        #expect(
            try preview(schedule, "2026-11-28", "2026-12-01") == [
                "2026-11-28T00:00:00Z start", "2026-11-30T00:00:00Z stop", "2026-11-30T08:00:00Z start",
                "2026-11-30T18:00:00Z stop",
            ])
    }

    @Test func unmanagedDaysHaveNoTransitionInsideAndNoneAtTheirEdges() throws {
        let schedule = try office([exception("2026-11-24", .unmanaged)])
        #expect(
            try preview(schedule, "2026-11-23", "2026-11-26") == [
                "2026-11-23T08:00:00Z start", "2026-11-23T18:00:00Z stop", "2026-11-25T08:00:00Z start",
                "2026-11-25T18:00:00Z stop",
            ])
        #expect(try schedule.state("2026-11-24T12:00:00Z") == .stopped, "Monday's stop is still the last")
    }

    @Test func aWindowThatReachesIntoAnExceptionIsCutAtItsEdges() throws {
        let nights = [try entry("everyday", start: "22:00", stop: "06:00")]
        let stopped = try compiled("UTC", nights, exceptions: [exception("2026-11-24", .stopped)])
        #expect(
            try preview(stopped, "2026-11-23", "2026-11-26") == [
                "2026-11-23T06:00:00Z stop", "2026-11-23T22:00:00Z start", "2026-11-24T00:00:00Z stop",
                // The week's state at its end is running: Tuesday's window began at 22:00, inside.
                "2026-11-25T00:00:00Z start", "2026-11-25T06:00:00Z stop", "2026-11-25T22:00:00Z start",
            ])
        let unmanaged = try compiled("UTC", nights, exceptions: [exception("2026-11-24", .unmanaged)])
        #expect(
            try preview(unmanaged, "2026-11-23", "2026-11-26") == [
                "2026-11-23T06:00:00Z stop", "2026-11-23T22:00:00Z start", "2026-11-25T06:00:00Z stop",
                "2026-11-25T22:00:00Z start",
            ])
    }

    @Test func anotherExceptionThatBeginsWhereOneEndsWins() throws {
        let schedule = try office([
            exception("2026-11-24", .stopped), exception("2026-11-25", .running), exception("2026-11-26", .unmanaged),
        ])
        #expect(
            try preview(schedule, "2026-11-24", "2026-11-28") == [
                "2026-11-24T00:00:00Z stop", "2026-11-25T00:00:00Z start", "2026-11-27T08:00:00Z start",
                "2026-11-27T18:00:00Z stop",
            ])
        #expect(try schedule.state("2026-11-26T20:00:00Z") == .running, "nothing ended the running day but unmanaged")
    }

    @Test func anExceptionsTransitionReplacesTheWeeksAtItsBeginning() throws {
        let schedule = try compiled(
            "UTC", [entry("everyday", start: "00:00", stop: "12:00")], exceptions: [exception("2026-11-24", .stopped)])
        #expect(
            try preview(schedule, "2026-11-24", "2026-11-26") == [
                "2026-11-24T00:00:00Z stop", "2026-11-25T00:00:00Z start", "2026-11-25T12:00:00Z stop",
            ])
    }

    @Test func nothingIsSaidAtTheEndWhereTheWeekSaysNothingYet() throws {
        let schedule = try compiled("UTC", [], exceptions: [exception("2026-11-24", .stopped)])
        #expect(try preview(schedule, "2026-11-01", "2026-12-31") == ["2026-11-24T00:00:00Z stop"])
        #expect(try schedule.state("2026-11-23T23:59:59Z") == nil)
        #expect(try schedule.state("2026-12-31T00:00:00Z") == .stopped)
    }

    @Test func aWeekThatAlwaysRunsStartsAgainAfterAStoppedDay() throws {
        let schedule = try compiled(
            "UTC", [entry("everyday", start: "00:00", stop: "24:00")], exceptions: [exception("2026-11-24", .stopped)])
        #expect(
            try preview(schedule, "2026-11-01", "2026-12-31")
                == ["2026-11-24T00:00:00Z stop", "2026-11-25T00:00:00Z start"])
        #expect(try schedule.state("2026-11-23T00:00:00Z") == .running)
        #expect(try schedule.state("2026-11-24T12:00:00Z") == .stopped)
        #expect(try schedule.state("2029-11-25T00:00:00Z") == .running, "800 days after the last transition too")
    }

    @Test func exceptionsLastWholeLocalDaysAlsoWhereADayHas23Or25Hours() throws {
        let spring = try compiled("Europe/Berlin", [], exceptions: [exception("2026-03-29", .running)])
        #expect(
            spring.runningSeconds(from: try at("2026-03-28T23:00:00Z"), until: try at("2026-03-29T22:00:00Z"))
                == 23 * 3600)
        let week = [try entry("everyday", stop: "12:00")]
        let autumn = try compiled("Europe/Berlin", week, exceptions: [exception("2026-10-25", .running)])
        #expect(
            try autumn.preview("2026-10-24T20:00:00Z", "2026-10-26T00:00:00Z") == [
                "2026-10-25T00:00:00+02:00 start", "2026-10-26T00:00:00+01:00 stop",
            ])
        #expect(
            autumn.runningSeconds(from: try at("2026-10-24T00:00:00Z"), until: try at("2026-10-27T00:00:00Z"))
                == 25 * 3600)
    }

    @Test func exceptionsThatFilesNeverGiveDoNotTrap() throws {
        let schedule = try office([
            exception("2026-11-24", "2026-11-20", .stopped), exception("2026-11-25", "2026-11-27", .stopped),
            exception("2026-11-26", .running),
        ])
        #expect(
            try preview(schedule, "2026-11-24", "2026-11-28") == [
                "2026-11-24T08:00:00Z start", "2026-11-24T18:00:00Z stop", "2026-11-25T00:00:00Z stop",
            ])
    }
}
