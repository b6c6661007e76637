/// A DATETIME(6) or TIMESTAMP(6) of a session whose time zone is UTC: microseconds since 1970-01-01 00:00:00.
///
/// The range is MySQL's: years 1 to 9999 of the proleptic Gregorian calendar. Leap seconds do not exist.
@frozen
public struct MySQLDateTime: Sendable, Equatable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    public var microseconds: Int64

    /// The instant that many microseconds after 1970-01-01 00:00:00 UTC.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The instant of civil fields, read as UTC; the fields are taken as they come, without a check of their ranges.
    public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int) {
        let days = Self.days(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        microseconds = Int64(seconds) * 1_000_000 + Int64(microsecond)
    }

    /// The civil fields of the instant in UTC.
    public var fields: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int) {
        let (seconds, microsecond) = Self.floored(Int(microseconds), by: 1_000_000)
        let (days, secondOfDay) = Self.floored(seconds, by: 86_400)
        let date = Self.date(days: days)
        return (
            date.year, date.month, date.day, secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60, microsecond
        )
    }

    /// The instant as MySQL writes it: `2026-11-23 22:45:00.123456`.
    public var description: String {
        let part = fields
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(part.year, 4))-\(padded(part.month, 2))-\(padded(part.day, 2)) "
            + "\(padded(part.hour, 2)):\(padded(part.minute, 2)):\(padded(part.second, 2)).\(padded(part.microsecond, 6))"
    }

    /// Whether one instant is before another.
    public static func < (left: MySQLDateTime, right: MySQLDateTime) -> Bool { left.microseconds < right.microseconds }

    /// Floor division: the remainder is never negative, so instants before 1970 keep their civil fields.
    private static func floored(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Days from 1970-01-01 to a civil date. The year is made to begin in March, so that the leap day is its last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floored(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The civil date that many days after 1970-01-01; the inverse of `days`.
    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
