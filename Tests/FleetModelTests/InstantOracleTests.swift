import FleetModel
import Testing

@Suite struct InstantOracleTests {
    @Test func instantsOfAllYearsAreWrittenAsPythonsDatetimeWritesThem() throws {
        var generator = ModelGenerator(seed: 42)
        // Years 0001…9999, and the edges of days and years.
        var moments = (0..<2000).map { _ in Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator) }
        moments += moments.prefix(500).flatMap { moment -> [Int64] in
            let midnight = moment - ((moment % 86_400) + 86_400) % 86_400
            return [midnight, midnight + 86_399].filter { $0 >= -62_135_596_800 }
        }
        let answers = try ModelOracle.answers(to: moments.map { #"{"kind":"instant","seconds":\#($0)}"# })
        for (moment, answer) in zip(moments, answers) {
            let instant = Instant(seconds: moment)
            #expect(answer == "\"\(instant)\"")
            #expect(Instant(rfc3339: instant.description) == instant)
        }
    }
}
