import FleetModel
import Testing

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("0s", 0), ("90s", 90), ("10m", 600), ("1h", 3600), ("400d", 34_560_000), ("2w", 1_209_600), ("1440m", 86_400),
        ("365000d", 31_536_000_000),
    ])
    func aNumberAndAUnitAreALength(text: String, seconds: Int) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "s", "10", "10x", "010m", "+2h", "-2h", "1.5h", "1h30m", "10 m", "10M", "99999999999d", "９m", "00s",
        "4000000w",
    ])
    func anythingElseIsNone(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test func aLengthIsWrittenInTheLargestUnitThatDividesItAndReadBack() throws {
        #expect(TimeSpan.minutes(10).description == "10m")
        #expect(TimeSpan.hours(36).description == "36h")
        #expect(TimeSpan.days(400).description == "400d")
        #expect(TimeSpan(seconds: 61).description == "61s")
        #expect(TimeSpan(seconds: 0).description == "0s")
        for seconds in stride(from: 0, to: 40_000_000, by: 7919 * 60) {
            let span = TimeSpan(seconds: seconds)
            try #require(TimeSpan(span.description) == span)
            try #require(try CanonicalJSON.decode(TimeSpan.self, from: CanonicalJSON.encode(span)) == span)
        }
        #expect(TimeSpan.minutes(1) < TimeSpan.hours(1))
    }
}
