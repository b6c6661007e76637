import FleetModel
import Testing

@Suite struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-29T01:00:00Z", 1_774_746_000),
            ("2026-03-29T03:00:00+02:00", 1_774_746_000),
            ("2026-03-28T15:30:00-09:30", 1_774_746_000), ("2026-03-29 01:00:00z", 1_774_746_000),
            ("2026-03-29t01:00:00.999999Z", 1_774_746_000), ("1969-12-31T23:59:59Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("2000-02-29T12:00:00+00:00", 951_825_600),
        ] as [(String, Int64)])
    func rfc3339IsRead(text: String, seconds: Int64) {
        #expect(Instant(rfc3339: text) == Instant(seconds: seconds))
    }

    @Test(arguments: [
        "", "2026-03-29", "2026-03-29T01:00:00", "2026-03-29T01:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-03-29T24:00:00Z", "2026-03-29T01:60:00Z", "2026-03-29T01:00:60Z",
        "2026-03-29T01:00:00.Z", "2026-03-29T01:00:00+2:00", "2026-03-29T01:00:00+02", "2026-03-29T01:00:00+24:00",
        "2026-03-29T01:00:00+02:60", "2026-03-29T01:00:00 Z", "2026-03-29T01:00:00ZZ", "+026-03-29T01:00:00Z",
        "2026-03-29T01:00:00*02:00", "２026-03-29T01:00:00Z", "2026-03-29T01:00:00.5",
    ])
    func anythingElseIsNoInstant(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func everyDayOfFourHundredYearsComesBackAsItWasWritten() {
        var seconds: Int64 = -11_676_096_000  // 1600-01-01
        while seconds < 946_684_800 {
            let instant = Instant(seconds: seconds)
            guard Instant(rfc3339: instant.description) == instant else {
                Issue.record("\(seconds) is written \(instant)")
                return
            }
            seconds += 86_399  // a day less a second, so that every second of a day has its turn
        }
    }

    @Test func secondsAreAddedAndTakenApart() {
        let instant = Instant(seconds: 100)
        #expect(instant + 5 == Instant(seconds: 105))
        #expect(instant - 105 == Instant(seconds: -5))
        #expect((instant + 5) - instant == 5)
        #expect(instant < instant + 1)
    }

    @Test func jsonHoldsTheTextAndNothingElse() throws {
        let instant = Instant(seconds: 1_774_746_000)
        #expect(try CanonicalJSON.encode([instant]) == #"["2026-03-29T01:00:00Z"]"#)
        #expect(try CanonicalJSON.decode([Instant].self, from: #"["2026-03-29T03:00:00+02:00"]"#) == [instant])
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode([Instant].self, from: "[1774746000]") }
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode([Instant].self, from: #"["noon"]"#) }
    }
}
