/// The instant of a signature, in the form that AWS wants: `20261123T221500Z`.
///
/// AWS refuses a signature that is more than 15 minutes (EC2: 5) from its own clock.
public struct SigningTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let secondsSince1970: Int64

    /// The instant `secondsSince1970`, years 0 to 9999.
    public init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

    /// The day, `20261123`: it is part of the signing key.
    public var day: String { String(stamp.prefix(8)) }

    /// Day and time of day, `20261123T221500Z` (ISO 8601, basic form).
    public var stamp: String {
        let days = SigningTime.floorDivide(secondsSince1970, 86_400)
        let second = secondsSince1970 - days * 86_400
        let (year, month, dayOfMonth) = SigningTime.civil(days)
        let date = SigningTime.digits(year, 4) + SigningTime.digits(month, 2) + SigningTime.digits(dayOfMonth, 2)
        let time = [second / 3600, second / 60 % 60, second % 60].map { SigningTime.digits($0, 2) }.joined()
        return "\(date)T\(time)Z"
    }

    /// Days since 1970-01-01 as a date of the Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: years begin in March, so
    /// that the leap day is the last of its year, and repeat every 400 years of 146,097 days.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func digits(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
