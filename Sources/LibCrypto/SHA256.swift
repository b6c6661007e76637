internal import CLibcrypto

/// SHA-256 (FIPS 180-4) of bytes that are all at hand; `SHA256Stream` takes them in parts.
public enum SHA256 {
    /// Bytes in a digest.
    public static let byteCount = 32

    /// The digest's 32 bytes. Source: SHA256(3).
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { digest($0) }
    }

    /// The digest's 32 bytes of a text in UTF-8.
    public static func digest(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { digest($0) }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String { Hexadecimal.encode(digest(bytes)) }

    /// The digest of a text in UTF-8, as 64 lower-case hexadecimal digits.
    public static func hex(_ text: String) -> String { Hexadecimal.encode(digest(text)) }

    private static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            let written = CLibcrypto.SHA256(bytes.baseAddress, bytes.count, output.baseAddress)
            precondition(written != nil, "libcrypto's default provider computes SHA-256")
            count = byteCount
        }
    }
}
