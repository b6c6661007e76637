internal import CLibcrypto

/// Random bytes from libcrypto's generator, which the kernel seeds.
public enum SecureRandom {
    /// `count` (0 or more) random bytes.
    /// - Throws: `CryptoError` when the generator can't be seeded. Source: RAND_bytes(3).
    public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        precondition((0...Int(Int32.max)).contains(count), "a caller asks for a sensible number of bytes")
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw CryptoError.last(during: "RAND_bytes") }
        return bytes
    }
}
