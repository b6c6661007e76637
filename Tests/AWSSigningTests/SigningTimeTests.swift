import AWSSigning
import Foundation
import Testing

@Suite struct SigningTimeTests {
    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
        (951_868_800, "20000301T000000Z"), (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"),
        (-1, "19691231T235959Z"), (253_402_300_799, "99991231T235959Z"), (1_795_472_999, "20261123T222959Z"),
    ])
    func knownInstantsHaveTheirStamp(seconds: Int64, stamp: String) {
        #expect(SigningTime(secondsSince1970: seconds).stamp == stamp)
        #expect(SigningTime(secondsSince1970: seconds).day == String(stamp.prefix(8)))
    }

    @Test func aStampEveryElevenDaysIsFoundations() throws {
        let format = Date.ISO8601FormatStyle(
            dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted, timeZone: .gmt)
        for step in 0..<5_000 {
            let seconds = Int64(step) * 86_400 * 11 + Int64(step) * 7_919
            let expected = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(format)
            #expect(SigningTime(secondsSince1970: seconds).stamp == expected)
        }
    }
}
