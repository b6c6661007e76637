import FleetModel
import Testing

@Suite struct LocalTimeTests {
    @Test func everyMinuteOfADayComesBackAsItWasWritten() throws {
        for minutes in 0...1440 {
            let time = try #require(LocalTime(minutes: minutes))
            try #require(LocalTime(time.description) == time)
            try #require(time.description.utf8.count == 5)
            try #require(try CanonicalJSON.decode(LocalTime.self, from: CanonicalJSON.encode(time)) == time)
        }
        #expect(LocalTime("24:00")?.minutes == 1440)
        #expect(LocalTime(minutes: -1) == nil && LocalTime(minutes: 1441) == nil)
    }

    @Test(arguments: [
        "8:00", "08:0", "08:60", "24:01", "25:00", "0800", "08.00", "", "08:00:00", " 8:00", "-1:00", "１8:00", "+8:00",
    ])
    func timesOfAnotherFormAreNotRead(text: String) {
        #expect(LocalTime(text) == nil)
    }

    @Test func timesAreOrderedByTheClock() throws {
        #expect(try #require(LocalTime("08:00")) < #require(LocalTime("08:01")))
    }

    @Test func aLocalDateAndTimeIsReadWithOrWithoutSeconds() throws {
        let time = try #require(LocalDateTime("2026-12-01T08:00"))
        #expect(time.description == "2026-12-01T08:00:00")
        #expect(LocalDateTime("2026-12-01 08:00:00") == time && LocalDateTime("2026-12-01T08:00:00") == time)
        #expect(time.secondsAsUTC == 1_796_112_000)
        #expect(LocalDateTime(utc: Instant(seconds: 1_796_112_000)) == time)
        #expect(LocalDateTime(utc: Instant(seconds: -1)).description == "1969-12-31T23:59:59")
        #expect(time < (try #require(LocalDateTime("2026-12-01T08:00:01"))))
        #expect(try CanonicalJSON.decode(LocalDateTime.self, from: CanonicalJSON.encode(time)) == time)
    }

    @Test(arguments: [
        "2026-12-01", "2026-12-01T8:00", "2026-12-01T24:00", "2026-12-01T08:00Z", "2026-12-01T08:00+01:00", "now",
    ])
    func localTimesWithAZoneOrOfAnotherFormAreNotRead(text: String) {
        #expect(LocalDateTime(text) == nil)
    }
}
