internal import CLibcrypto

/// MD5 (RFC 1321), for protocols that still ask for it as a checksum; it protects nothing.
public enum MD5 {
    /// The digest's 16 bytes.
    /// - Throws: `CryptoError` where the system's policy (FIPS) has no MD5. Source: EVP_Digest(3).
    public static func digest(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 16)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_md5(), nil) == 1 else {
            throw CryptoError.last(during: "EVP_Digest")
        }
        return digest
    }

    /// The digest in base64: the value of a `Content-MD5` header (RFC 1864).
    public static func base64(_ bytes: [UInt8]) throws(CryptoError) -> String { Base64.encode(try digest(bytes)) }

    /// The digest as 32 lower-case hexadecimal digits: an S3 ETag of an object put in one part.
    public static func hex(_ bytes: [UInt8]) throws(CryptoError) -> String {
        Hexadecimal.encode(try digest(bytes))
    }
}
