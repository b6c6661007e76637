import FleetModel
import Testing

@testable import Scheduling

/// How far a transition's word reaches: 800 days, and what there is without one.
@Suite struct LookbackTests {
    @Test func aTransitionCountsFor800DaysAndNotASecondLonger() throws {
        // 29 February: the next is four years away.
        let schedule = try compiled("UTC", [entry("everyday", start: "06:00", months: [2], monthdays: [.day(29)])])
        let start = try at("2024-02-29T06:00:00Z")
        #expect(schedule.state(at: start - 1) == nil)
        #expect(schedule.state(at: start) == .running)
        #expect(schedule.state(at: start + 800 * 86_400) == .running)
        #expect(schedule.state(at: start + 800 * 86_400 + 1) == nil)
        #expect(schedule.last(atOrBefore: start + 800 * 86_400)?.at == start)
        #expect(schedule.last(atOrBefore: start + 800 * 86_400 + 1) == nil)
        #expect(
            schedule.runningSeconds(from: start - 100, until: start + 1200 * 86_400) == 800 * 86_400 + 1)
    }

    @Test func theNextTransitionIsFoundHoweverFarItIs() throws {
        let leap = try compiled("UTC", [entry("everyday", start: "06:00", months: [2], monthdays: [.day(29)])])
        #expect(leap.next(after: try at("2096-02-29T06:00:00Z"))?.at == (try at("2104-02-29T06:00:00Z")))
        // A 29 February on a Monday; over 2100, which has none, forty years pass.
        let rare = try compiled("UTC", [entry("mon#5", start: "06:00", months: [2])])
        #expect(rare.next(after: try at("2026-11-23T00:00:00Z"))?.at == (try at("2044-02-29T06:00:00Z")))
        #expect(rare.next(after: try at("2072-02-29T06:00:00Z"))?.at == (try at("2112-02-29T06:00:00Z")))
        let never = try compiled("UTC", [entry("everyday", start: "06:00", months: [2], monthdays: [.day(30)])])
        #expect(never.next(after: try at("2026-11-23T00:00:00Z")) == nil)
    }

    @Test func exceptionsFarAwayAreFoundWhereTheWeekIsSilent() throws {
        let schedule = try compiled(
            "UTC", [], exceptions: [exception("2026-12-01", .running), exception("2190-01-01", .stopped)])
        #expect(schedule.next(after: try at("2026-12-01T00:00:00Z"))?.at == (try at("2190-01-01T00:00:00Z")))
        #expect(schedule.next(after: try at("2190-01-01T00:00:00Z")) == nil)
        let hidden = try compiled(
            "UTC", [entry("mon", start: "08:00", stop: "09:00")],
            exceptions: [exception("2026-12-01", "2099-12-31", .unmanaged)])
        #expect(hidden.next(after: try at("2026-12-01T00:00:00Z"))?.at == (try at("2100-01-04T08:00:00Z")))
    }

    @Test func theNextOfOneActionPassesOverTheOther() throws {
        let schedule = try compiled(
            "UTC", [entry("mon-fri", start: "08:00", stop: "18:00"), entry("everyday", stop: "23:30")])
        let friday = try at("2026-11-20T19:00:00Z")
        #expect(schedule.next(after: friday)?.at == (try at("2026-11-20T23:30:00Z")))
        #expect(schedule.next(after: friday, action: .start)?.at == (try at("2026-11-23T08:00:00Z")))
        #expect(schedule.next(after: friday, action: .stop)?.at == (try at("2026-11-20T23:30:00Z")))
        let stops = try compiled("UTC", [entry("everyday", stop: "23:30")])
        #expect(stops.next(after: friday, action: .start) == nil)
    }

    @Test func aLongExceptionsWordEndsAfter800DaysToo() throws {
        let week = [try entry("everyday", start: "00:00", stop: "24:00")]
        let stopped = try compiled("UTC", week, exceptions: [exception("2020-01-01", "2025-12-31", .stopped)])
        #expect(try stopped.state("2022-03-11T00:00:00Z") == .stopped)
        #expect(
            try stopped.state("2023-01-01T00:00:00Z") == nil, "left alone, and never running in days that say stopped")
        #expect(try stopped.state("2026-01-01T00:00:00Z") == .running)
        let unmanaged = try compiled("UTC", week, exceptions: [exception("2020-01-01", "2025-12-31", .unmanaged)])
        #expect(try unmanaged.state("2023-01-01T00:00:00Z") == .running, "windows leave no transition")
        let office = [try entry("mon-fri", start: "08:00", stop: "18:00")]
        let hidden = try compiled("UTC", office, exceptions: [exception("2020-01-01", "2025-12-31", .unmanaged)])
        #expect(try hidden.state("2023-01-02T12:00:00Z") == nil)
    }

    @Test func aWeekWithRarePausesRunsBetweenThem() throws {
        // All days but 29 February: its stop and start are 1460 days from the next ones.
        let schedule = try compiled(
            "UTC",
            [
                entry("everyday", start: "00:00", stop: "24:00", months: [1] + Array(3...12)),
                entry("everyday", start: "00:00", stop: "24:00", months: [2], monthdays: (1...28).map { .day($0) }),
            ])
        #expect(try schedule.state("2024-02-29T12:00:00Z") == .stopped)
        #expect(try schedule.state("2024-03-01T00:00:00Z") == .running)
        #expect(try schedule.state("2027-11-23T00:00:00Z") == .running)
        #expect(
            try schedule.preview("2024-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
                == ["2024-02-29T00:00:00+00:00 stop", "2024-03-01T00:00:00+00:00 start"])
    }

    @Test func instantsOutsideAnyCalendarDoNotTrap() throws {
        let schedule = try compiled("Europe/Berlin", [entry("mon", start: "08:00", stop: "18:00")])
        for seconds in [Int64.min, Int64.max, -1 << 40, 1 << 40, -62_135_596_800, 253_402_300_799] {
            let instant = Instant(seconds: seconds)
            #expect(schedule.state(at: instant) != nil)
            #expect(schedule.last(atOrBefore: instant) != nil)
            _ = schedule.next(after: instant)
            #expect(schedule.transitions(from: instant, until: instant).isEmpty)
        }
    }
}
