import FleetModel
import Testing

@testable import Scheduling

/// Windows and what stands alone, in a zone without clock changes (SPEC 2).
@Suite struct WindowTests {
    private func preview(_ week: [ScheduleEntry], _ from: String, _ until: String) throws -> [String] {
        try compiled("UTC", week).preview(from, until).map { $0.replacing("+00:00", with: "Z") }
    }

    @Test func aWindowStartsAndStopsOnItsDaysOnly() throws {
        #expect(
            try preview(
                [entry("mon-fri", start: "08:00", stop: "18:30")], "2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z") == [
                    "2026-11-20T08:00:00Z start", "2026-11-20T18:30:00Z stop", "2026-11-23T08:00:00Z start",
                    "2026-11-23T18:30:00Z stop",
                ])
    }

    @Test(arguments: [("22:00", "02:00", "02:00"), ("08:00", "08:00", "08:00"), ("10:00", "00:00", "00:00")])
    func aStopAtOrBeforeItsStartIsOnTheNextDay(start: String, stop: String, stops: String) throws {
        #expect(
            try preview([entry("sat", start: start, stop: stop)], "2026-11-21T00:00:00Z", "2026-11-25T00:00:00Z") == [
                "2026-11-21T\(start):00Z start", "2026-11-22T\(stops):00Z stop",
            ])
    }

    @Test func twentyFourHoursIsTheNextDaysMidnight() throws {
        #expect(
            try preview([entry("sat", start: "20:00", stop: "24:00")], "2026-11-21T00:00:00Z", "2026-11-25T00:00:00Z")
                == ["2026-11-21T20:00:00Z start", "2026-11-22T00:00:00Z stop"])
        #expect(
            try preview([entry("sat", stop: "24:00")], "2026-11-21T00:00:00Z", "2026-11-25T00:00:00Z")
                == ["2026-11-22T00:00:00Z stop"])
    }

    @Test func windowsThatTouchOrOverlapAreOne() throws {
        let touching = [
            try entry("mon", start: "08:00", stop: "12:00"), try entry("mon", start: "12:00", stop: "18:00"),
        ]
        let one = ["2026-11-23T08:00:00Z start", "2026-11-23T18:00:00Z stop"]
        #expect(try preview(touching, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z") == one)
        let overlapping = [
            try entry("mon", start: "10:00", stop: "18:00"), try entry("mon", start: "08:00", stop: "12:00"),
            try entry("mon", start: "09:00", stop: "11:00"),
        ]
        #expect(try preview(overlapping, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z") == one)
        let apart = [
            try entry("mon", start: "08:00", stop: "12:00"), try entry("mon", start: "12:01", stop: "18:00"),
        ]
        #expect(try preview(apart, "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z").count == 4)
    }

    @Test func windowsMergeOverMidnightAndOverALookedAtRangesEdge() throws {
        let week = [
            try entry("mon", start: "20:00", stop: "24:00"), try entry("tue", start: "00:00", stop: "06:00"),
        ]
        #expect(
            try preview(week, "2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z")
                == ["2026-11-23T20:00:00Z start", "2026-11-24T06:00:00Z stop"])
        #expect(try preview(week, "2026-11-24T00:00:00Z", "2026-11-24T06:00:00Z") == [])
        #expect(try preview(week, "2026-11-24T06:00:00Z", "2026-11-24T06:00:01Z") == ["2026-11-24T06:00:00Z stop"])
    }

    @Test func windowsMergeWhereOnlyAClockChangeMakesThemTouch() throws {
        let week = [
            try entry("everyday", start: "00:00", stop: "02:00"), try entry("everyday", start: "03:00", stop: "06:00"),
        ]
        let schedule = try compiled("Europe/Berlin", week)
        #expect(
            try schedule.preview("2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z") == [
                "2026-03-29T00:00:00+01:00 start", "2026-03-29T06:00:00+02:00 stop",
            ])
        #expect(try schedule.preview("2026-03-29T22:00:00Z", "2026-03-30T12:00:00Z").count == 4)
    }

    @Test func anEntryMayStartOrStopAlone() throws {
        #expect(
            try preview(
                [entry("everyday", stop: "23:30"), entry("mon", start: "07:00")], "2026-11-22T00:00:00Z",
                "2026-11-24T00:00:00Z") == [
                    "2026-11-22T23:30:00Z stop", "2026-11-23T07:00:00Z start", "2026-11-23T23:30:00Z stop",
                ])
    }

    @Test func theSameTransitionTwiceIsOneAndStopWinsOverStart() throws {
        #expect(
            try preview(
                [entry("mon", stop: "12:00"), entry("everyday", stop: "12:00")], "2026-11-23T00:00:00Z",
                "2026-11-24T00:00:00Z") == ["2026-11-23T12:00:00Z stop"])
        #expect(
            try preview(
                [
                    entry("mon", start: "12:00"), entry("mon", start: "12:00", stop: "13:00"),
                    entry("mon", stop: "12:00"),
                ],
                "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z") == [
                    "2026-11-23T12:00:00Z stop", "2026-11-23T13:00:00Z stop",
                ])
    }

    @Test func aTransitionAloneInsideAWindowCountsAsItIs() throws {
        let schedule = try compiled(
            "UTC", [entry("mon", start: "08:00", stop: "18:00"), entry("mon", stop: "12:00")])
        #expect(try schedule.state("2026-11-23T11:59:59Z") == .running)
        #expect(try schedule.state("2026-11-23T12:00:00Z") == .stopped)
        #expect(try schedule.state("2026-11-23T17:00:00Z") == .stopped)
    }

    @Test func theStartOfARangeIsInAndItsEndIsOut() throws {
        let schedule = try compiled("UTC", [entry("mon", start: "08:00", stop: "18:00")])
        #expect(try schedule.preview("2026-11-23T08:00:00Z", "2026-11-23T18:00:00Z").count == 1)
        #expect(try schedule.preview("2026-11-23T08:00:01Z", "2026-11-23T18:00:01Z").count == 1)
        #expect(try schedule.preview("2026-11-23T18:00:00Z", "2026-11-23T08:00:00Z") == [])
    }

    @Test func aWindowOfAllDayEverydayLeavesNoTransitionAndRuns() throws {
        let schedule = try compiled("Europe/Berlin", [entry("everyday", start: "00:00", stop: "24:00")])
        #expect(try schedule.preview("1970-01-01T00:00:00Z", "2037-12-31T00:00:00Z") == [])
        #expect(try schedule.state("2026-11-23T12:00:00Z") == .running)
        #expect(try schedule.state("1999-01-01T00:00:00Z") == .running)
        #expect(schedule.next(after: try at("2026-11-23T12:00:00Z")) == nil)
        #expect(schedule.last(atOrBefore: try at("2026-11-23T12:00:00Z")) == nil)
        #expect(
            schedule.runningSeconds(from: try at("2026-03-23T00:00:00Z"), until: try at("2026-03-30T00:00:00Z"))
                == 7 * 86_400)
    }

    @Test func anEntryWithoutTimesOrAScheduleWithoutEntriesSaysNothing() throws {
        for week in [[], [try entry("everyday")]] {
            let schedule = try compiled("Europe/Berlin", week)
            #expect(try schedule.state("2026-11-23T12:00:00Z") == nil)
            #expect(schedule.next(after: try at("2026-11-23T12:00:00Z")) == nil)
            #expect(try schedule.preview("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z") == [])
        }
    }
}
