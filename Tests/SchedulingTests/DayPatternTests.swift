import FleetModel
import Testing

@testable import Scheduling

@Suite struct DayPatternTests {
    /// The days of 2026 and of the leap year 2028 that an entry holds on.
    private func days(of entry: ScheduleEntry, year: Int = 2026) throws -> [String] {
        let pattern = DayPattern(entry)
        var day = DayCursor(number: try #require(LocalDate(year: year, month: 1, day: 1)).daysSinceEpoch)
        var found: [String] = []
        while day.year == year {
            if pattern.holds(on: day) { found.append(LocalDate(daysSinceEpoch: day.number).description) }
            day.advance()
        }
        return found
    }

    @Test func nthWeekdaysOfAMonthAreCountedFromItsBeginning() throws {
        #expect(
            try days(of: entry("mon#1", months: [1, 4, 7, 10]))
                == ["2026-01-05", "2026-04-06", "2026-07-06", "2026-10-05"])
        #expect(try days(of: entry("sun#5")) == ["2026-03-29", "2026-05-31", "2026-08-30", "2026-11-29"])
        #expect(try days(of: entry("sun#1", months: [11])) == ["2026-11-01"])
    }

    @Test func theLastWeekdayOfAMonthIsItsFourthOrFifth() throws {
        let last = try days(of: entry("fri#last"))
        #expect(last.count == 12)
        #expect(last.prefix(3) == ["2026-01-30", "2026-02-27", "2026-03-27"])
        #expect(try days(of: entry("sun#last", months: [3])) == ["2026-03-29"])
    }

    @Test func monthsAndMonthdaysNarrowTheDays() throws {
        #expect(try days(of: entry("everyday", months: [2], monthdays: [.last])) == ["2026-02-28"])
        #expect(try days(of: entry("everyday", months: [2], monthdays: [.last]), year: 2028) == ["2028-02-29"])
        #expect(try days(of: entry("everyday", months: [2], monthdays: [.day(30), .day(31)])) == [])
        #expect(try days(of: entry("fri", monthdays: [.day(13)])) == ["2026-02-13", "2026-03-13", "2026-11-13"])
        #expect(try days(of: entry("everyday", monthdays: [.day(31)])).count == 7)
    }

    @Test func severalDaysAreAnyOfThem() throws {
        #expect(try days(of: entry("everyday")).count == 365)
        #expect(try days(of: entry("everyday"), year: 2028).count == 366)
        #expect(try days(of: entry("fri-mon")).count == 52 * 4, "2026 begins and ends on a Thursday")
        #expect(
            try days(of: entry("mon#1,mon#2,sun#last", months: [11])) == ["2026-11-02", "2026-11-09", "2026-11-29"])
    }

    @Test func numbersThatNoFileGivesPickNoDay() throws {
        #expect(try days(of: ScheduleEntry(days: [.nth(.mon, 0), .nth(.mon, 6)])) == [])
        #expect(try days(of: ScheduleEntry(days: [.every(.mon)], months: [0, 13])) == [])
        #expect(try days(of: ScheduleEntry(days: [.every(.mon)], monthdays: [.day(0), .day(32)])) == [])
        #expect(try days(of: ScheduleEntry(days: [])) == [])
    }

    @Test func aCursorMovedOnDayByDayIsTheCalendar() throws {
        let first = try #require(LocalDate(year: 1896, month: 2, day: 20)).daysSinceEpoch
        var day = DayCursor(number: first)
        for number in first..<first + 80_000 {
            let date = LocalDate(daysSinceEpoch: number)
            let (year, month, dayOfMonth) = date.components
            guard day.number == number, (day.year, day.month, day.day) == (year, month, dayOfMonth),
                day.weekday == date.weekday.index, day.length == LocalDate.daysInMonth(year: year, month: month)
            else {
                Issue.record("the cursor stands at \(day), not at \(date)")
                return
            }
            day.advance()
        }
    }
}
