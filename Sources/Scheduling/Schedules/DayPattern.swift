import FleetModel

/// Which local days an entry holds on, as sets of bits.
struct DayPattern: Hashable, Sendable {
    /// Six bits a weekday, Monday's first: its first to fifth in a month, then its last.
    private var weekdays: UInt64 = 0
    /// Bits 1…12.
    private var months: UInt16 = 0
    /// Bits 1…31, and bit 0 for the month's last day.
    private var monthdays: UInt32 = 0

    init(_ entry: ScheduleEntry) {
        for selector in entry.days {
            switch selector {
            case .every(let day): weekdays |= 0b1_1111 << UInt64(day.index * 6)
            case .nth(let day, let count) where (1...5).contains(count):
                weekdays |= 1 << UInt64(day.index * 6 + count - 1)
            // Files never say another number; no day is that one.
            case .nth: break
            case .last(let day): weekdays |= 1 << UInt64(day.index * 6 + 5)
            }
        }
        for month in entry.months where (1...12).contains(month) { months |= 1 << UInt16(month) }
        if entry.months.isEmpty { months = .max }
        for selector in entry.monthdays {
            switch selector {
            case .day(let day) where (1...31).contains(day): monthdays |= 1 << UInt32(day)
            case .day: break
            case .last: monthdays |= 1
            }
        }
        if entry.monthdays.isEmpty { monthdays = .max }
    }

    /// Whether the entry holds on a day: one of its weekdays, months and days of the month each.
    func holds(on day: DayCursor) -> Bool {
        guard months & 1 << UInt16(day.month) != 0 else { return false }
        let dayBits: UInt32 = 1 << UInt32(day.day) | (day.day == day.length ? 1 : 0)
        guard monthdays & dayBits != 0 else { return false }
        let nth: UInt64 = 1 << UInt64((day.day - 1) / 7) | (day.day + 7 > day.length ? 0b10_0000 : 0)
        return weekdays & nth << UInt64(day.weekday * 6) != 0
    }
}
