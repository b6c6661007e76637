import LibZlib
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100, 65_535, 65_536, 65_537, 1_000_000])
    func compressedBytesComeBack(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
        let compressed = try Gzip.compress(bytes)
        #expect(try Gzip.decompress(compressed, limit: count) == bytes)
    }

    @Test(arguments: 1...9) func everyLevelComesBack(level: Int) throws {
        let bytes = Array("the same words, the same words, the same words".utf8)
        #expect(try Gzip.decompress(Gzip.compress(bytes, level: level), limit: 1_000) == bytes)
    }

    @Test func headerHoldsNoTimeNoNameAndUnixAsSystem() throws {
        let header = try Gzip.compress(Array("x".utf8)).prefix(10)
        // RFC 1952, 2.3: magic, deflate, no flags, no time; then extra flags (level 9: 2) and the system.
        #expect(Array(header) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3])
    }

    @Test func sameBytesCompressToTheSame() throws {
        let bytes = [UInt8](repeating: 7, count: 300_000)
        #expect(try Gzip.compress(bytes) == Gzip.compress(bytes))
    }

    @Test func resultAtTheLimitIsReturned() throws {
        let compressed = try Gzip.compress([UInt8](repeating: 0, count: 100_000))
        #expect(try Gzip.decompress(compressed, limit: 100_000).count == 100_000)
    }

    @Test func bombIsGivenUpAtTheLimit() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 60_000)
        let error = #expect(throws: ZlibError.self) { try Gzip.decompress(bomb, limit: 1_000_000) }
        #expect(error?.isOverLimit == true)
        #expect(error?.description == "could not decompress: more than 1000000 bytes")
    }

    @Test func severalMembersAreOneText() throws {
        let both = try Gzip.compress(Array("one, ".utf8)) + Gzip.compress(Array("two".utf8))
        #expect(try Gzip.decompress(both, limit: 100) == Array("one, two".utf8))
    }

    @Test func everyCutIsAnErrorNeverACrashOrAHang() throws {
        let compressed = try Gzip.compress((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
        for length in 0..<compressed.count {
            let error = #expect(throws: ZlibError.self) {
                try Gzip.decompress(Array(compressed.prefix(length)), limit: 10_000)
            }
            #expect(error?.isOverLimit == false)
            #expect(error?.message == "the data is cut short")
        }
    }

    @Test func damageIsAnError() throws {
        var compressed = try Gzip.compress(Array("some text that is long enough to be damaged".utf8))
        compressed[compressed.count - 6] ^= 0xFF
        let error = #expect(throws: ZlibError.self) { try Gzip.decompress(compressed, limit: 10_000) }
        #expect(error?.description == "could not decompress: incorrect data check")
    }

    @Test func trailingGarbageIsAnError() throws {
        let compressed = try Gzip.compress(Array("text".utf8)) + Array("garbage".utf8)
        let error = #expect(throws: ZlibError.self) { try Gzip.decompress(compressed, limit: 10_000) }
        #expect(error?.message == "incorrect header check")
    }

    @Test func plainTextIsAnError() {
        let error = #expect(throws: ZlibError.self) { try Gzip.decompress(Array("plain".utf8), limit: 10) }
        #expect(error?.code == -3)
    }

    @Test func unknownLevelIsAnError() {
        #expect(throws: ZlibError.self) { try Gzip.compress([1, 2, 3], level: 77) }
    }
}
