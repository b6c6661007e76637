import FleetModel
import Testing

@testable import Scheduling

/// Zones whose clocks do odd things, each by value.
@Suite struct NamedZoneTests {
    @Test func berlinSkipsAnHourInMarchAndTheSkippedStartIsTheGapsEnd() throws {
        let schedule = try compiled("Europe/Berlin", [entry("everyday", start: "02:30", stop: "05:00")])
        #expect(
            try schedule.preview("2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z") == [
                "2026-03-28T02:30:00+01:00 start", "2026-03-28T05:00:00+01:00 stop",
                "2026-03-29T03:00:00+02:00 start", "2026-03-29T05:00:00+02:00 stop",
                "2026-03-30T02:30:00+02:00 start", "2026-03-30T05:00:00+02:00 stop",
            ])
        #expect(
            schedule.transitions(from: try at("2026-03-29T01:00:00Z"), until: try at("2026-03-29T01:00:01Z"))
                == [Transition(at: try at("2026-03-29T01:00:00Z"), action: .start)])
    }

    @Test func berlinRepeatsAnHourInOctoberAndOnlyTheFirstOccurrenceCounts() throws {
        let schedule = try compiled("Europe/Berlin", [entry("everyday", start: "02:30", stop: "04:00")])
        #expect(
            try schedule.preview("2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z") == [
                "2026-10-25T02:30:00+02:00 start", "2026-10-25T04:00:00+01:00 stop",
            ])
        #expect(
            schedule.runningSeconds(from: try at("2026-10-25T00:00:00Z"), until: try at("2026-10-26T00:00:00Z"))
                == 9000, "two hours and a half")
    }

    @Test func berlinWindowInsideTheGapIsEmptyAndGivesNothing() throws {
        let schedule = try compiled("Europe/Berlin", [entry("sun", start: "02:10", stop: "02:50")])
        #expect(try schedule.preview("2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z") == [])
        #expect(try schedule.preview("2026-04-05T00:00:00Z", "2026-04-06T00:00:00Z").count == 2)
    }

    @Test func newYorkFollowsTheFootersRuleLongAfterTheTableEnds() throws {
        let schedule = try compiled("America/New_York", [entry("everyday", start: "02:30", stop: "03:30")])
        #expect(
            try schedule.preview("2026-03-08T00:00:00Z", "2026-03-09T04:00:00Z") == [
                "2026-03-08T03:00:00-04:00 start", "2026-03-08T03:30:00-04:00 stop",
            ])
        // The second Sunday of March 2099 is the 8th, of November the 1st is the first.
        #expect(
            try schedule.preview("2099-03-08T00:00:00Z", "2099-03-09T04:00:00Z") == [
                "2099-03-08T03:00:00-04:00 start", "2099-03-08T03:30:00-04:00 stop",
            ])
        let zone = try systemZones.zone("America/New_York")
        #expect(zone.offset(at: try at("2099-11-01T05:59:59Z")) == -4 * 3600)
        #expect(zone.offset(at: try at("2099-11-01T06:00:00Z")) == -5 * 3600)
    }

    @Test func lordHoweSkipsHalfAnHour() throws {
        let schedule = try compiled("Australia/Lord_Howe", [entry("everyday", start: "02:10", stop: "02:40")])
        #expect(
            try schedule.preview("2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z") == [
                "2026-10-04T02:30:00+11:00 start", "2026-10-04T02:40:00+11:00 stop",
            ])
        // In April 01:30–02:00 comes twice.
        let back = try compiled("Australia/Lord_Howe", [entry("sun", start: "01:45", stop: "02:15")])
        #expect(
            try back.preview("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z") == [
                "2026-04-05T01:45:00+11:00 start", "2026-04-05T02:15:00+10:30 stop",
            ])
    }

    @Test func casablancaSetsItsClocksBackForRamadan() throws {
        let zone = try systemZones.zone("Africa/Casablanca")
        let schedule = try compiled("Africa/Casablanca", [entry("everyday", start: "02:30", stop: "06:00")])
        // Ramadan 2026: back to +00 on 15 February at 03:00, forth again on 22 March at 02:00.
        #expect(zone.offset(at: try at("2026-02-15T01:59:59Z")) == 3600)
        #expect(zone.offset(at: try at("2026-02-15T02:00:00Z")) == 0)
        #expect(
            try schedule.preview("2026-02-15T00:00:00Z", "2026-02-16T00:00:00Z") == [
                "2026-02-15T02:30:00+01:00 start", "2026-02-15T06:00:00+00:00 stop",
            ])
        #expect(
            try schedule.preview("2026-03-22T00:00:00Z", "2026-03-23T00:00:00Z") == [
                "2026-03-22T03:00:00+01:00 start", "2026-03-22T06:00:00+01:00 stop",
            ])
    }

    @Test func dublinsWinterIsTheDaylightSavingOfItsFooterAndIsAnHourBack() throws {
        let zone = try systemZones.zone("Europe/Dublin")
        for year in [2026, 2045, 2099] {
            #expect(zone.offset(at: try at("\(year)-01-15T12:00:00Z")) == 0)
            #expect(zone.offset(at: try at("\(year)-07-15T12:00:00Z")) == 3600)
        }
        let schedule = try compiled("Europe/Dublin", [entry("everyday", start: "01:30", stop: "02:30")])
        #expect(
            try schedule.preview("2045-03-26T00:00:00Z", "2045-03-27T00:00:00Z") == [
                "2045-03-26T02:00:00+01:00 start", "2045-03-26T02:30:00+01:00 stop",
            ])
    }

    @Test func apiaNeverHadThe30thOfDecember2011() throws {
        let end = try at("2011-12-30T10:00:00Z")
        let zone = try systemZones.zone("Pacific/Apia")
        for time in ["2011-12-30T00:00", "2011-12-30T08:00", "2011-12-30T23:59", "2011-12-31T00:00"] {
            #expect(zone.instant(of: try #require(LocalDateTime(time))) == end, "\(time)")
        }
        let windows = try compiled("Pacific/Apia", [entry("everyday", start: "08:00", stop: "18:00")])
        #expect(
            try windows.preview("2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z") == [
                "2011-12-29T08:00:00-10:00 start", "2011-12-29T18:00:00-10:00 stop",
                "2011-12-31T08:00:00+14:00 start", "2011-12-31T18:00:00+14:00 stop",
            ])
        // A start of its own on the day that never was is the instant at which the gap ends.
        let starts = try compiled("Pacific/Apia", [entry("fri", start: "08:00")])
        #expect(
            try starts.preview("2011-12-29T12:00:00Z", "2012-01-03T00:00:00Z") == ["2011-12-31T00:00:00+14:00 start"])
        // An exception on that day alone is empty; one around it lasts from the 29th to the 1st.
        let exceptions = try compiled(
            "Pacific/Apia", [entry("everyday", start: "08:00", stop: "18:00")],
            exceptions: [exception("2011-12-30", .stopped)])
        #expect(
            try exceptions.preview("2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z")
                == windows.preview("2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"))
    }

    @Test func apiaWindowOverTheSkippedDayRunsThroughIt() throws {
        let schedule = try compiled("Pacific/Apia", [entry("everyday", start: "22:00", stop: "02:00")])
        // The window of the 29th would end on the 30th at 02:00, that is when the gap ends; the 30th's is empty at its start
        // and goes on till 02:00 on the 31st, and touches it.
        #expect(
            try schedule.preview("2011-12-29T13:00:00Z", "2011-12-31T00:00:00Z") == [
                "2011-12-29T22:00:00-10:00 start", "2011-12-31T02:00:00+14:00 stop",
            ])
    }

    @Test func asuncionChangesAtMidnightSoThatADayBeginsAtOne() throws {
        let zone = try systemZones.zone("America/Asuncion")
        // 2023-10-01 began at 01:00.
        let midnight = zone.instant(of: try #require(LocalDateTime("2023-10-01T00:00")))
        #expect(zone.timestamp(midnight) == "2023-10-01T01:00:00-03:00")
        let schedule = try compiled(
            "America/Asuncion", [entry("everyday", start: "06:00", stop: "20:00")],
            exceptions: [exception("2023-10-01", .stopped)])
        #expect(
            try schedule.preview("2023-10-01T03:00:00Z", "2023-10-02T12:00:00Z") == [
                "2023-10-01T01:00:00-03:00 stop", "2023-10-02T00:00:00-03:00 stop", "2023-10-02T06:00:00-03:00 start",
            ])
        // 2024-03-24 began twice over its last hour of the 23rd: 23:00–24:00 was repeated.
        let late = zone.instant(of: try #require(LocalDateTime("2024-03-23T23:30")))
        #expect(zone.timestamp(late) == "2024-03-23T23:30:00-03:00")
    }

    @Test func beirutChangesAtMidnightToo() throws {
        let zone = try systemZones.zone("Asia/Beirut")
        let midnight = zone.instant(of: try #require(LocalDateTime("2026-03-29T00:00")))
        #expect(zone.timestamp(midnight) == "2026-03-29T01:00:00+03:00")
        let always = try compiled("Asia/Beirut", [entry("everyday", start: "00:00", stop: "24:00")])
        #expect(try always.preview("2026-03-01T00:00:00Z", "2026-11-30T00:00:00Z") == [])
        let nights = try compiled("Asia/Beirut", [entry("everyday", start: "20:00", stop: "24:00")])
        #expect(
            try nights.preview("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z") == [
                "2026-03-28T20:00:00+02:00 start", "2026-03-29T01:00:00+03:00 stop",
            ])
    }

    @Test func kathmanduIsThreeQuartersOfAnHourOff() throws {
        let schedule = try compiled("Asia/Kathmandu", [entry("mon", start: "08:00", stop: "18:00")])
        #expect(
            try schedule.preview("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z") == [
                "2026-11-23T08:00:00+05:45 start", "2026-11-23T18:00:00+05:45 stop",
            ])
        #expect(try schedule.state("2026-11-23T02:14:59Z") == .stopped)
        #expect(try schedule.state("2026-11-23T02:15:00Z") == .running)
    }

    @Test func chathamChangesAtAQuarterToThree() throws {
        let schedule = try compiled("Pacific/Chatham", [entry("everyday", start: "03:00", stop: "05:00")])
        #expect(
            try schedule.preview("2026-09-26T12:00:00Z", "2026-09-27T12:00:00Z") == [
                "2026-09-27T03:45:00+13:45 start", "2026-09-27T05:00:00+13:45 stop",
            ])
        let back = try compiled("Pacific/Chatham", [entry("everyday", start: "03:00", stop: "05:00")])
        #expect(
            try back.preview("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z") == [
                "2026-04-05T03:00:00+13:45 start", "2026-04-05T05:00:00+12:45 stop",
            ])
    }

    @Test func gazaChangesOnASaturdayThatItsFooterCountsFromThursday() throws {
        // EET-2EEST,M3.4.4/50: fifty hours after the fourth Thursday's midnight.
        let zone = try systemZones.zone("Asia/Gaza")
        #expect(zone.offset(at: try at("2095-03-25T23:59:59Z")) == 2 * 3600)
        #expect(zone.offset(at: try at("2095-03-26T00:00:00Z")) == 3 * 3600)
    }

    @Test func localMeanTimeIsWrittenToTheSecond() throws {
        let zone = try systemZones.zone("Africa/Monrovia")
        #expect(zone.timestamp(try at("1971-06-01T00:00:00Z")) == "1971-05-31T23:15:30-00:44:30")
    }
}
