/// A time of day without a zone, to the minute, as schedules write it (`08:00`, and `24:00` for a stop).
public struct LocalTime: Hashable, Sendable {
    /// Minutes since midnight, 0…1440; 1440 is `24:00`, the next day's 00:00.
    public var minutes: Int

    /// The time of day `minutes` after midnight; nil outside 0…1440.
    public init?(minutes: Int) {
        guard (0...1440).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// Reads `HH:MM`, two digits each; `24:00` is read, and whether it is allowed is for the field to say.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hours = LocalDateTime.number(bytes[0...1]),
            let minutes = LocalDateTime.number(bytes[3...4]), minutes < 60, hours < 24 || (hours == 24 && minutes == 0)
        else { return nil }
        self.minutes = hours * 60 + minutes
    }
}

extension LocalTime: Comparable {
    /// Earlier in the day first; `24:00` is last.
    public static func < (left: LocalTime, right: LocalTime) -> Bool { left.minutes < right.minutes }
}

extension LocalTime: CustomStringConvertible {
    /// `HH:MM`.
    public var description: String { "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))" }
}

extension LocalTime: Codable {
    /// Reads `HH:MM`; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws { self = try decodeText(decoder, "a time of day") { LocalTime($0) } }
    /// Writes `HH:MM`.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}
