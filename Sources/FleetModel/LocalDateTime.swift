/// A day and a time of day without a zone; seconds are kept so that every instant has one.
public struct LocalDateTime: Hashable, Sendable {
    /// The day on a calendar in the zone that the context names.
    public var date: LocalDate
    /// Seconds since midnight, 0…86399.
    public var secondOfDay: Int

    /// A day and the seconds since its midnight.
    public init(date: LocalDate, secondOfDay: Int) {
        self.date = date
        self.secondOfDay = secondOfDay
    }

    /// What a clock in UTC shows at an instant.
    public init(utc instant: Instant) {
        let days = Int(instant.seconds >= 0 ? instant.seconds / 86_400 : (instant.seconds - 86_399) / 86_400)
        self.init(date: LocalDate(daysSinceEpoch: days), secondOfDay: Int(instant.seconds) - days * 86_400)
    }

    /// Reads `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS` (a space may stand for the `T`); no zone, no offset.
    public init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        if bytes.count == 16 { bytes += Array(":00".utf8) }
        self.init(fixedWidth: bytes[...])
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SS` (or a space, or `t`).
    init?(fixedWidth slice: ArraySlice<UInt8>) {
        let bytes = Array(slice)
        guard bytes.count == 19, let date = LocalDate(String(decoding: bytes[0..<10], as: UTF8.self)),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hours = LocalDateTime.number(bytes[11...12]), let minutes = LocalDateTime.number(bytes[14...15]),
            let seconds = LocalDateTime.number(bytes[17...18]), hours < 24, minutes < 60, seconds < 60
        else { return nil }
        self.init(date: date, secondOfDay: hours * 3600 + minutes * 60 + seconds)
    }

    /// Seconds since 1970 if this were the time in UTC.
    public var secondsAsUTC: Int64 { Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay) }

    /// The number that ASCII digits spell; nil if there is anything else, or nothing.
    static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}

extension LocalDateTime: Comparable {
    /// Earlier on the clock first; across a clock change that need not be earlier in time.
    public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool { left.secondsAsUTC < right.secondsAsUTC }
}

extension LocalDateTime: CustomStringConvertible {
    /// `YYYY-MM-DDTHH:MM:SS`.
    public var description: String {
        let time = "\(twoDigits(secondOfDay / 3600)):\(twoDigits(secondOfDay / 60 % 60)):\(twoDigits(secondOfDay % 60))"
        return "\(date)T\(time)"
    }
}

extension LocalDateTime: Codable {
    /// Reads `YYYY-MM-DDTHH:MM`, with seconds or without; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, "a local date and time") { LocalDateTime($0) }
    }
    /// Writes `YYYY-MM-DDTHH:MM:SS`.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}

/// A number of one or two digits in two.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

/// Decodes a value that is written as text.
func decodeText<Value>(_ decoder: any Decoder, _ what: String, _ parse: (String) -> Value?) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = parse(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not \(what)")
    }
    return value
}

/// Encodes a value as text.
func encodeText(_ text: String, _ encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
}
