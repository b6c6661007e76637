import LibCrypto
import Testing

@Suite struct ConstantTimeTests {
    @Test func equalBytesAreEqual() {
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEquals([] as [UInt8], []))
        #expect(constantTimeEquals("token-é", "token-é"))
    }

    @Test func oneBitOfDifferenceAnywhereIsUnequal() {
        let bytes = [UInt8](0..<64)
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << bit
                #expect(!constantTimeEquals(bytes, other))
            }
        }
    }

    @Test func differentLengthsAreUnequalAlsoAsPrefixes() {
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
        #expect(!constantTimeEquals([], [0]))
    }

    @Test func textsThatOnlyLookTheSameAreUnequal() {
        #expect(!constantTimeEquals("e\u{301}", "\u{e9}"))
    }
}
