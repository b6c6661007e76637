/// A moment of universal time in whole seconds, the resolution of schedules, AWS answers and recorded times.
public struct Instant: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public var seconds: Int64

    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.seconds = seconds }

    /// This moment moved by a number of seconds.
    public static func + (instant: Instant, seconds: Int) -> Instant {
        Instant(seconds: instant.seconds + Int64(seconds))
    }

    /// This moment moved back by a number of seconds.
    public static func - (instant: Instant, seconds: Int) -> Instant {
        Instant(seconds: instant.seconds - Int64(seconds))
    }

    /// Seconds from `earlier` to `later`.
    public static func - (later: Instant, earlier: Instant) -> Int { Int(later.seconds - earlier.seconds) }
}

extension Instant: Comparable {
    /// Earlier moments first.
    public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC: `2026-03-29T01:00:00Z`.
    public var description: String { "\(LocalDateTime(utc: self).description)Z" }
}

extension Instant {
    /// Reads RFC 3339 (RFC 3339 section 5.6), with `Z` or an offset; fractions of a second are cut off.
    ///
    /// `2026-03-29T01:00:00Z`, `2026-03-29T03:00:00.5+02:00`, a space in place of `T`; nil for anything else.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let local = LocalDateTime(fixedWidth: bytes[..<19]) else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
        }
        guard let offset = Instant.offset(of: Array(rest)) else { return nil }
        self.init(seconds: local.secondsAsUTC - Int64(offset))
    }

    /// Seconds east of Greenwich of `Z`, `z` or `±HH:MM`.
    private static func offset(of bytes: [UInt8]) -> Int? {
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), bytes[0] == 43 || bytes[0] == 45,
            let hours = LocalDateTime.number(bytes[1...2]), let minutes = LocalDateTime.number(bytes[4...5]),
            hours < 24, minutes < 60
        else { return nil }
        return (bytes[0] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

extension Instant: Codable {
    /// Reads RFC 3339 with any offset; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not an RFC 3339 time")
        }
        self = instant
    }

    /// Writes RFC 3339 in UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
