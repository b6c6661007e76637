import FleetModel
import Testing

/// The calendar, against counting day by day.
@Suite struct LocalDateTests {
    @Test func everyDayFrom1600To2400IsTheOneAfterTheDayBefore() throws {
        var year = 1600
        var month = 1
        var day = 1
        var number = try #require(LocalDate(year: 1600, month: 1, day: 1)).daysSinceEpoch
        #expect(number == -135_140)
        while year < 2400 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            guard let date = LocalDate(year: year, month: month, day: day), date.daysSinceEpoch == number,
                date.components == (year, month, day), LocalDate(date.description) == date,
                LocalDate.daysInMonth(year: year, month: month) == lengths[month - 1]
            else {
                // Not one expectation a day: a third of a million of them take half a minute.
                Issue.record("day \(number) is \(year)-\(month)-\(day)")
                return
            }
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            number += 1
        }
    }

    @Test func weekdaysFollowOneAnotherAndThe1stOfJanuary1970WasAThursday() throws {
        #expect(LocalDate(daysSinceEpoch: 0).weekday == .thu)
        #expect(try #require(LocalDate("2026-11-23")).weekday == .mon)
        for number in -200_000...200_000 {
            let today = LocalDate(daysSinceEpoch: number).weekday.index
            guard LocalDate(daysSinceEpoch: number + 1).weekday.index == (today + 1) % 7 else {
                Issue.record("the day after \(number)")
                return
            }
        }
        #expect(Weekday.allCases.map(\.index) == Array(0..<7))
    }

    @Test(arguments: [
        (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
    ])
    func daysThatThereAreNotAreNil(year: Int, month: Int, day: Int) {
        #expect(LocalDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [
        "2026-1-01", "26-01-01", "2026-01-01 ", "2026/01/01", "2026-02-30", "", "２026-01-01", "-026-01-01",
    ])
    func datesOfAnotherFormAreNotRead(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test func yearsBeforeAndBeyondFourDigitsAreWritten() throws {
        #expect(try #require(LocalDate(year: -5, month: 3, day: 1)).description == "-0005-03-01")
        #expect(try #require(LocalDate(year: 12_345, month: 3, day: 1)).description == "12345-03-01")
        #expect(try #require(LocalDate("0000-02-29")).components == (0, 2, 29))
    }

    @Test func datesAreOrderedAddedAndCoded() throws {
        let date = try #require(LocalDate("2026-12-31"))
        #expect((date + 1).description == "2027-01-01")
        #expect((date + -365).description == "2025-12-31")
        #expect(date < date + 1)
        #expect(try CanonicalJSON.decode(LocalDate.self, from: CanonicalJSON.encode(date)) == date)
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode(LocalDate.self, from: #""2026-02-30""#) }
    }
}
