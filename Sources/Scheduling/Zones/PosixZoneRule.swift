import FleetModel

/// The rule of a TZif footer: a POSIX TZ string with the extensions of RFC 9636 section 3.3.1.
///
/// `CET-1CEST,M3.5.0,M10.5.0/3`, `<+0330>-3:30`, `IST-1GMT0,M10.5.0,M3.5.0/1` (whose "daylight saving" is winter, an hour back).
/// Source: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html section 8.3.
struct PosixZoneRule: Hashable, Sendable {
    /// A day of each year and a time on it.
    struct YearlyChange: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Jn`: 1…365, where 29 February is never counted.
            case julian(Int)
            /// `n`: 0…365, where it is.
            case dayOfYear(Int)
            /// `Mm.w.d`: the wth weekday d (0 is Sunday) of month m; the fifth is the last.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        /// Seconds from that day's 00:00, −167 to 167 hours.
        var time: Int
    }

    struct Daylight: Hashable, Sendable {
        var offset: Int
        var begins: YearlyChange
        var ends: YearlyChange
    }

    /// Seconds east of Greenwich of standard time.
    var standardOffset: Int
    /// nil where the clocks never change.
    var daylight: Daylight?

    /// Reads a rule; nil for anything that is not one.
    init?(_ text: String) {
        var parser = PosixZoneParser(text)
        guard parser.skipName(), let standard = parser.offset() else { return nil }
        standardOffset = -standard
        guard !parser.isAtEnd else { return }
        guard parser.skipName() else { return nil }
        var daylightOffset = standardOffset + 3600
        if parser.peek != UInt8(ascii: ",") {
            guard let written = parser.offset() else { return nil }
            daylightOffset = -written
        }
        guard let begins = parser.change(), let ends = parser.change(), parser.isAtEnd else { return nil }
        daylight = Daylight(offset: daylightOffset, begins: begins, ends: ends)
    }

    /// The stretch around a moment through which its offset holds.
    func span(at seconds: Int64) -> OffsetSpan {
        guard let daylight else { return OffsetSpan(start: .min, end: .max, offset: standardOffset) }
        let day = floorDivision(seconds + Int64(standardOffset), by: 86_400)
        let year = LocalDate(daysSinceEpoch: Int(day)).components.year
        // Times of up to 167 hours carry changes over a year's edge: two years on each side always hold both neighbours.
        var changes: [(at: Int64, order: Int, offset: Int)] = []
        changes.reserveCapacity(10)
        for year in year - 2...year + 2 {
            // Daylight saving that ends where the next year's begins lasts all year: at one instant the beginning comes last.
            let begin = daylight.begins.secondsAsUTC(inYear: year) - Int64(standardOffset)
            changes.append((at: begin, order: 1, offset: daylight.offset))
            let end = daylight.ends.secondsAsUTC(inYear: year) - Int64(daylight.offset)
            changes.append((at: end, order: 0, offset: standardOffset))
        }
        changes.sort { ($0.at, $0.order) < ($1.at, $1.order) }
        let following = changes.firstIndex { $0.at > seconds } ?? changes.count
        return OffsetSpan(
            start: following == 0 ? .min : changes[following - 1].at,
            end: following == changes.count ? .max : changes[following].at,
            offset: following == 0 ? standardOffset : changes[following - 1].offset)
    }
}

extension PosixZoneRule.YearlyChange {
    /// The local time of the change in a year, counted as if it were universal.
    func secondsAsUTC(inYear year: Int) -> Int64 {
        let date =
            switch day {
            case .julian(let number):
                // 1 March is always J60, so that what comes from it on is a day later in a leap year.
                firstDay(year, 1) + number - 1
                    + (number >= 60 && LocalDate.daysInMonth(year: year, month: 2) == 29 ? 1 : 0)
            case .dayOfYear(let number): firstDay(year, 1) + number
            case .weekday(let month, let week, let day): weekdayOfMonth(year, month, week, day)
            }
        return Int64(date) * 86_400 + Int64(time)
    }

    private func firstDay(_ year: Int, _ month: Int) -> Int {
        // Every month has a first day; the parser lets only 1…12 in.
        LocalDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
    }

    private func weekdayOfMonth(_ year: Int, _ month: Int, _ week: Int, _ day: Int) -> Int {
        let first = firstDay(year, month)
        let sundayBased = (LocalDate(daysSinceEpoch: first).weekday.index + 1) % 7
        var dayOfMonth = (day - sundayBased + 7) % 7 + (week - 1) * 7
        if dayOfMonth >= LocalDate.daysInMonth(year: year, month: month) { dayOfMonth -= 7 }
        return first + dayOfMonth
    }
}
