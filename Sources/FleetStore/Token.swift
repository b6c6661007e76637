import LibCrypto

/// A random name for a write, so that doing it again can be told from doing another.
enum Token {
    /// 32 hex digits of 128 random bits.
    static func random() throws -> String { Hexadecimal.encode(try SecureRandom.bytes(16)) }
}
