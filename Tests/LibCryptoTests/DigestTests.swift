import LibCrypto
import Testing

/// Known answers of FIPS 180-4, RFC 1321 and NIST's example files.
@Suite struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256GivesTheStandardsAnswer(text: String, expected: String) {
        #expect(SHA256.hex(text) == expected)
        #expect(SHA256.hex(Array(text.utf8)) == expected)
        #expect(Hexadecimal.encode(SHA256.digest(text)) == expected)
    }

    @Test func aMillionLettersInOddPartsGiveTheStandardsAnswer() throws {
        var stream = try SHA256Stream()
        var left = 1_000_000
        var part = 1
        while left > 0 {
            let size = min(part, left)
            try stream.update([UInt8](repeating: UInt8(ascii: "a"), count: size))
            left -= size
            part = part * 3 % 4_099 + 1
        }
        let digest = try stream.finish()
        #expect(Hexadecimal.encode(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func aStreamOfNothingIsTheDigestOfNothing() throws {
        var stream = try SHA256Stream()
        try stream.update([])
        let digest = try stream.finish()
        #expect(digest == SHA256.digest(""))
    }

    @Test func aStreamTakesRawBuffers() throws {
        var stream = try SHA256Stream()
        let bytes: [UInt8] = [0, 1, 2, 255]
        try bytes.withUnsafeBytes { try stream.update($0) }
        let digest = try stream.finish()
        #expect(digest == SHA256.digest(bytes))
    }

    @Test func aDroppedStreamLeavesOthersAlone() throws {
        var kept = try SHA256Stream()
        do {
            var dropped = try SHA256Stream()
            try dropped.update([1])
        }
        try kept.update(Array("abc".utf8))
        let digest = try kept.finish()
        #expect(digest == SHA256.digest("abc"))
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0", "+WtpfXy3k41SWi8xqvFh0A=="),
    ])
    func md5GivesTheStandardsAnswer(text: String, hex: String, base64: String) throws {
        #expect(try MD5.hex(Array(text.utf8)) == hex)
        #expect(try MD5.base64(Array(text.utf8)) == base64)
        #expect(try MD5.digest(Array(text.utf8)).count == 16)
    }
}
