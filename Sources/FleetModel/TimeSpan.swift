/// A length of time in whole seconds, written as in files: `90s`, `10m`, `1h`, `400d`.
public struct TimeSpan: Hashable, Sendable {
    /// The whole length; the unit that a file used is not kept.
    public var seconds: Int

    /// That many seconds.
    public init(seconds: Int) { self.seconds = seconds }

    /// Reads a decimal number and one unit of `s m h d w`; nil for anything else and for more than a thousand years.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let last = bytes.last, let number = LocalDateTime.number(bytes.dropLast()[...]),
            bytes.count <= 12, bytes.count == 2 || bytes[0] != UInt8(ascii: "0")
        else { return nil }
        let unit: Int
        switch last {
        case UInt8(ascii: "s"): unit = 1
        case UInt8(ascii: "m"): unit = 60
        case UInt8(ascii: "h"): unit = 3600
        case UInt8(ascii: "d"): unit = 86_400
        case UInt8(ascii: "w"): unit = 604_800
        default: return nil
        }
        guard number <= 32_000_000_000 / unit else { return nil }
        self.seconds = number * unit
    }

    /// That many minutes.
    public static func minutes(_ count: Int) -> TimeSpan { TimeSpan(seconds: count * 60) }
    /// That many hours.
    public static func hours(_ count: Int) -> TimeSpan { TimeSpan(seconds: count * 3600) }
    /// That many days of 24 hours.
    public static func days(_ count: Int) -> TimeSpan { TimeSpan(seconds: count * 86_400) }
}

extension TimeSpan: Comparable {
    /// Shorter spans first, whatever units they were written in.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.seconds < right.seconds }
}

extension TimeSpan: CustomStringConvertible {
    /// The largest unit that divides it: `10m`, `36h`, `400d`.
    public var description: String {
        for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "m")] where seconds != 0 && seconds % unit == 0 {
            return "\(seconds / unit)\(name)"
        }
        return "\(seconds)s"
    }
}

extension TimeSpan: Codable {
    /// Reads what files write, `10m`; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, "a length of time") { TimeSpan($0) }
    }
    /// Writes the largest unit that divides it: `10m`.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}
