/// A block of IPv4 or IPv6 addresses (RFC 4632, RFC 4291), written in its canonical text form.
///
/// A bare address is a block of one host. Host bits that are set are an error, because they are nearly always a typing
/// slip.
public struct CIDR: Hashable, Sendable {
    /// The canonical form: `203.0.113.7/32`, `2001:db8::/32` (RFC 5952).
    public let description: String
    /// true also for an IPv4 address that is written within an IPv6 one: `::ffff:203.0.113.7`.
    public let isIPv6: Bool
    /// Leading bits that are fixed, 0…32 or 0…128.
    public let prefixLength: Int

    /// Why a text is not a block.
    public enum Failure: Error, Hashable, Sendable {
        /// Not an address, or no prefix length of 0…32 or 0…128 in plain decimal digits.
        case malformed
        /// Bits beyond the prefix are set; `network` is the block that was probably meant.
        case hostBitsSet(network: String)
    }

    /// Reads `ADDRESS` or `ADDRESS/PREFIX`.
    public init(parsing text: some StringProtocol) throws(Failure) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let bytes = CIDR.octets(String(address)) else { throw .malformed }
        let width = bytes.count * 8
        var prefix = width
        if parts.count == 2 {
            let digits = Array(parts[1].utf8)
            guard let number = LocalDateTime.number(digits[...]), digits.count <= 3, number <= width,
                digits.count == 1 || digits[0] != UInt8(ascii: "0")
            else { throw .malformed }
            prefix = number
        }
        let network = CIDR.masked(bytes, prefix)
        let canonical = "\(CIDR.text(network))/\(prefix)"
        guard network == bytes else { throw .hostBitsSet(network: canonical) }
        self.description = canonical
        self.isIPv6 = width == 128
        self.prefixLength = prefix
    }

    /// Whether this is every address there is: `0.0.0.0/0` or `::/0`.
    public var isEverything: Bool { prefixLength == 0 }

    private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let bits = min(8, max(0, prefix - index * 8))
            return bits == 0 ? 0 : byte & (0xFF << UInt8(8 - bits))
        }
    }

    private static func octets(_ text: String) -> [UInt8]? {
        text.contains(":") ? ipv6(text) : ipv4(text)
    }

    private static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            let digits = Array(part.utf8)
            guard (1...3).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0"),
                let number = LocalDateTime.number(digits[...]), number <= 255
            else { return nil }
            bytes.append(UInt8(number))
        }
        return bytes
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        // An embedded IPv4 address ends the whole address, so none comes before `::` (RFC 4291 section 2.2).
        guard let head = groups(halves[0]), halves.count == 1 || !halves[0].contains(".") else { return nil }
        if halves.count == 1 { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The octets of colon-separated groups; the last may be an IPv4 address.
    private static func groups(_ text: String) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), index == parts.count - 1 {
                guard let embedded = ipv4(part) else { return nil }
                bytes += embedded
                continue
            }
            // UInt16 alone would take a sign too: "+1" and "-0".
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
                let number = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(number >> 8), UInt8(number & 0xFF)]
        }
        return bytes
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = (0..<8).map { Int(bytes[$0 * 2]) << 8 | Int(bytes[$0 * 2 + 1]) }
        // RFC 5952 section 4.2: the longest run of zero groups, the first of equals, at least two long.
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start >= 2 { best = start..<end }
            start = max(end, start + 1)
        }
        let hex = { (range: Range<Int>) in groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? hex(0..<8) : "\(hex(0..<best.lowerBound))::\(hex(best.upperBound..<8))"
    }
}

extension String {
    /// The parts between occurrences of a separator.
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}

extension CIDR: CustomStringConvertible, Comparable {
    /// By the canonical text, not by address: the order only has to be the same on every run.
    public static func < (left: CIDR, right: CIDR) -> Bool { left.description < right.description }
}

extension CIDR: Codable {
    /// Reads what ``init(parsing:)`` reads; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        // A recorded block is canonical already; anything else was tampered with.
        self = try decodeText(decoder, "a CIDR block") { try? CIDR(parsing: $0) }
    }
    /// Writes the canonical form.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}
