/// Bytes as base64 (RFC 4648 section 4), padded, on one line.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Four characters for each three bytes begun.
    public static func encode(_ bytes: [UInt8]) -> String {
        let padding = UInt8(ascii: "=")
        return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
            var index = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let first = Int(bytes[start])
                let second = start + 1 < bytes.count ? Int(bytes[start + 1]) : 0
                let third = start + 2 < bytes.count ? Int(bytes[start + 2]) : 0
                output[index] = alphabet[first >> 2]
                output[index + 1] = alphabet[(first & 3) << 4 | second >> 4]
                output[index + 2] = start + 1 < bytes.count ? alphabet[(second & 15) << 2 | third >> 6] : padding
                output[index + 3] = start + 2 < bytes.count ? alphabet[third & 63] : padding
                index += 4
            }
            return index
        }
    }
}
