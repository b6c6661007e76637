import FleetModel

/// A local day with all that entries ask of it, moved on day by day without a division.
struct DayCursor {
    /// Days since 1970-01-01.
    private(set) var number: Int
    /// Days after Monday, 0…6.
    private(set) var weekday: Int
    private(set) var year: Int
    /// 1…12.
    private(set) var month: Int
    /// 1…31.
    private(set) var day: Int
    /// Days in the month.
    private(set) var length: Int

    init(number: Int) {
        let date = LocalDate(daysSinceEpoch: number)
        self.number = number
        weekday = date.weekday.index
        (year, month, day) = date.components
        length = LocalDate.daysInMonth(year: year, month: month)
    }

    mutating func advance() {
        number += 1
        weekday = weekday == 6 ? 0 : weekday + 1
        guard day == length else {
            day += 1
            return
        }
        day = 1
        month += 1
        if month == 13 {
            month = 1
            year += 1
        }
        length = LocalDate.daysInMonth(year: year, month: month)
    }
}
