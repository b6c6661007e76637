import FleetModel
import Testing

@testable import Scheduling

@Suite struct PosixZoneRuleTests {
    private func offset(_ rule: String, _ text: String) throws -> Int {
        try #require(PosixZoneRule(rule), "'\(rule)' is a rule").span(at: try at(text).seconds).offset
    }

    @Test func signsAreThoseOfPosixAndNotOfIso() throws {
        #expect(try offset("EST5", "2026-01-01T00:00:00Z") == -5 * 3600)
        #expect(try offset("<+0545>-5:45", "2026-01-01T00:00:00Z") == 5 * 3600 + 45 * 60)
        #expect(try offset("<-00>0", "2026-01-01T00:00:00Z") == 0)
        #expect(try offset("LMT0:44:30", "2026-01-01T00:00:00Z") == -(44 * 60 + 30))
    }

    @Test func daylightSavingIsAnHourUnlessWritten() throws {
        #expect(try offset("NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-01-01T00:00:00Z") == 13 * 3600)
        #expect(try offset("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z") == 11 * 3600)
        #expect(try offset("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z") == 0)
    }

    @Test func changesAreAtTheSecondInTheOffsetBeforeThem() throws {
        let rule = "CET-1CEST,M3.5.0,M10.5.0/3"
        #expect(try offset(rule, "2061-03-27T00:59:59Z") == 3600)
        #expect(try offset(rule, "2061-03-27T01:00:00Z") == 7200)
        #expect(try offset(rule, "2061-10-30T00:59:59Z") == 7200)
        #expect(try offset(rule, "2061-10-30T01:00:00Z") == 3600)
    }

    @Test func julianDaysLeaveOutTheLeapDayAndDaysOfTheYearDoNot() throws {
        // J60 is 1 March always; 59 is 29 February in a leap year and 1 March in others.
        let julian = "AAA0BBB,J60/0,J300/0"
        #expect(try offset(julian, "2028-02-29T23:59:59Z") == 0)
        #expect(try offset(julian, "2028-03-01T00:00:00Z") == 3600)
        #expect(try offset(julian, "2027-03-01T00:00:00Z") == 3600)
        let plain = "AAA0BBB,59/0,300/0"
        #expect(try offset(plain, "2028-02-28T23:59:59Z") == 0)
        #expect(try offset(plain, "2028-02-29T00:00:00Z") == 3600)
        #expect(try offset(plain, "2027-02-28T23:59:59Z") == 0)
        #expect(try offset(plain, "2027-03-01T00:00:00Z") == 3600)
    }

    @Test func timesMayBeNegativeOrOfManyDays() throws {
        // Nuuk: the last Sunday of March, an hour before its midnight.
        let nuuk = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"
        #expect(try offset(nuuk, "2050-03-27T00:59:59Z") == -7200)
        #expect(try offset(nuuk, "2050-03-27T01:00:00Z") == -3600)
        // A week before and behind a day at the year's edge.
        let edge = "AAA0BBB,0/-167,J365/167"
        #expect(try offset(edge, "2026-01-03T00:00:00Z") == 3600)
        #expect(try offset(edge, "2026-12-28T00:00:00Z") == 3600)
    }

    @Test func daylightSavingAllYearNeverEnds() throws {
        // RFC 9636's example: it ends where the next year's begins.
        let rule = try #require(PosixZoneRule("XXX3EDT4,0/0,J365/23"))
        for year in 2026...2030 {
            for moment in ["01-01T00:00:00", "01-01T03:59:59", "06-01T00:00:00", "12-31T23:59:59"] {
                #expect(rule.span(at: try at("\(year)-\(moment)Z").seconds).offset == -4 * 3600)
            }
        }
    }

    @Test(arguments: [
        "", "A", "AB1", "CET", "CET-25", "CET-1x", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.1.0,M1.1.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,J0,J1",
        "CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0,M10.5.0,", "<CET-1", "<C>1", "CET-1:60", "CET--1",
        "CET-1CEST,M3.5.0/1:2:99,M10.5.0", "CÉT-1", "CET-1CEST,M3.5.0;M10.5.0", "CET99999999999999999999",
    ])
    func textsThatAreNoRuleAreRefused(text: String) {
        #expect(PosixZoneRule(text) == nil)
    }

    @Test func spansFollowEachOtherWithoutAGapForCenturies() throws {
        for text in ["CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "IST-1GMT0,M10.5.0,M3.5.0/1"] {
            let rule = try #require(PosixZoneRule(text))
            var span = rule.span(at: 0)
            for _ in 0..<400 {
                let next = rule.span(at: span.end)
                try #require(next.start == span.end && next.end > next.start && next.offset != span.offset)
                try #require(rule.span(at: span.end - 1) == span)
                span = next
            }
            #expect(span.start > 6_000_000_000, "two hundred years on")
        }
    }
}
