import LibCrypto
import Testing

@Suite struct SecureRandomTests {
    @Test func bytesAreAsManyAsAskedFor() throws {
        for count in [0, 1, 32, 4_096] {
            #expect(try SecureRandom.bytes(count).count == count)
        }
    }

    @Test func twoDrawsDiffer() throws {
        #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }

    @Test func bitsAreSetAboutHalfOfTheTime() throws {
        let ones = try SecureRandom.bytes(100_000).reduce(0) { $0 + $1.nonzeroBitCount }
        // 800,000 fair coins: the standard deviation is 447, so this bound fails once in 10^100 runs.
        #expect(abs(ones - 400_000) < 10_000)
    }
}
