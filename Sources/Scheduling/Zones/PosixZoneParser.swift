/// Reads the parts of a POSIX TZ string one after the other.
struct PosixZoneParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }
    var peek: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Passes over an abbreviation: three letters or more, or `<…>` with letters, digits and signs.
    mutating func skipName() -> Bool {
        if accept("<") {
            let start = position
            while let byte = peek,
                isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            {
                position += 1
            }
            return position - start >= 3 && accept(">")
        }
        let start = position
        while let byte = peek, isLetter(byte) { position += 1 }
        return position - start >= 3
    }

    /// An offset as POSIX writes it, positive west of Greenwich: `[+-]hh[:mm[:ss]]`, at most 24 hours and what follows them.
    mutating func offset() -> Int? { signedTime(mostHours: 24) }

    /// `,DAY[/TIME]`; the time is 02:00 where it is left out.
    mutating func change() -> PosixZoneRule.YearlyChange? {
        guard accept(","), let day = day() else { return nil }
        guard accept("/") else { return PosixZoneRule.YearlyChange(day: day, time: 2 * 3600) }
        guard let time = signedTime(mostHours: 167) else { return nil }
        return PosixZoneRule.YearlyChange(day: day, time: time)
    }

    private mutating func day() -> PosixZoneRule.YearlyChange.Day? {
        if accept("J") {
            guard let number = number(in: 1...365) else { return nil }
            return .julian(number)
        }
        if accept("M") {
            guard let month = number(in: 1...12), accept("."), let week = number(in: 1...5), accept("."),
                let day = number(in: 0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
        guard let number = number(in: 0...365) else { return nil }
        return .dayOfYear(number)
    }

    private mutating func signedTime(mostHours: Int) -> Int? {
        let sign = accept("-") ? -1 : 1
        if sign == 1 { _ = accept("+") }
        guard let hours = number(in: 0...mostHours) else { return nil }
        var seconds = hours * 3600
        if accept(":") {
            guard let minutes = number(in: 0...59) else { return nil }
            seconds += minutes * 60
            if accept(":") {
                guard let rest = number(in: 0...59) else { return nil }
                seconds += rest
            }
        }
        return sign * seconds
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while let byte = peek, isDigit(byte), count < 3 {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            position += 1
            count += 1
        }
        return count > 0 && range.contains(value) ? value : nil
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
