internal import CLibcrypto

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1).
public enum HMACSHA256 {
    /// The 32 bytes of the code of `message` under `key`, which may be of any length. Source: HMAC(3).
    public static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        // HMAC(3) reads a null key as "the key of the call before", so an empty key still needs an address.
        let heldKey = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { output, count in
            var length: UInt32 = 0
            let written = HMAC(
                EVP_sha256(), heldKey, Int32(key.count), message, message.count, output.baseAddress, &length)
            precondition(written != nil, "libcrypto's default provider computes HMAC-SHA-256")
            count = Int(length)
        }
    }

    /// The 32 bytes of the code of a text in UTF-8.
    public static func code(_ message: String, key: [UInt8]) -> [UInt8] { code(Array(message.utf8), key: key) }
}
