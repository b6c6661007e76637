import LibMySQL
import Testing

@Suite struct MySQLDateTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00.000000"),
            (-1, "1969-12-31 23:59:59.999999"),
            (1_774_746_000_123_456, "2026-03-29 01:00:00.123456"),
            (951_782_400_000_000, "2000-02-29 00:00:00.000000"),
            (-62_135_596_800_000_000, "0001-01-01 00:00:00.000000"),
            (253_402_300_799_999_999, "9999-12-31 23:59:59.999999"),
        ] as [(Int64, String)])
    func instantIsWrittenAsTheServerWritesIt(microseconds: Int64, text: String) {
        #expect(MySQLDateTime(microseconds: microseconds).description == text)
    }

    @Test func fieldsGoBackToTheInstantTheyCameFrom() {
        var day: Int64 = -719_162 * 86_400_000_000
        while day < 2_932_896 * 86_400_000_000 {
            let instant = MySQLDateTime(microseconds: day + 86_399_999_999)
            let part = instant.fields
            #expect(
                MySQLDateTime(
                    year: part.year, month: part.month, day: part.day, hour: part.hour, minute: part.minute,
                    second: part.second, microsecond: part.microsecond) == instant)
            day += 97 * 86_400_000_000
        }
    }
}
