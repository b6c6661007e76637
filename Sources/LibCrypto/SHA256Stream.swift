internal import CLibcrypto

/// SHA-256 of bytes that come in parts: `update` any number of times, then `finish` once.
///
/// It owns one `EVP_MD_CTX` and is not copyable, so a digest can't be finished twice. Source: EVP_DigestInit_ex(3).
public struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    /// An empty stream.
    /// - Throws: `CryptoError` when libcrypto has no memory or no SHA-256.
    public init() throws(CryptoError) {
        guard let context = EVP_MD_CTX_new() else { throw CryptoError.last(during: "EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            let failure = CryptoError.last(during: "EVP_DigestInit_ex")
            EVP_MD_CTX_free(context)
            throw failure
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) throws(CryptoError) {
        let done = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard done == 1 else { throw CryptoError.last(during: "EVP_DigestUpdate") }
    }

    /// Adds the bytes of a buffer, which need not live on.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw CryptoError.last(during: "EVP_DigestUpdate")
        }
    }

    /// The 32 bytes of the digest of everything added.
    public consuming func finish() throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
            throw CryptoError.last(during: "EVP_DigestFinal_ex")
        }
        return digest
    }
}
