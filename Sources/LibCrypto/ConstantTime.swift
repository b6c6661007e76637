internal import CLibcrypto

/// Whether two byte strings are equal, in a time that depends on their length alone.
///
/// Strings of different lengths are unequal at once: the length of a code or token is no secret. Source:
/// CRYPTO_memcmp(3).
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return CRYPTO_memcmp(left, right, left.count) == 0
}

/// Whether two texts are the same bytes in UTF-8, in a time that depends on their length alone.
public func constantTimeEquals(_ left: String, _ right: String) -> Bool {
    constantTimeEquals(Array(left.utf8), Array(right.utf8))
}
