import FleetModel

@testable import Scheduling

/// A schedule that is likely to be hard: its times lie about a clock change of its zone, its exceptions about that change's day.
struct RandomSchedule {
    var schedule: Schedule
    var from: Int64
    var until: Int64
    /// Moments to ask the state at: at, just before and between transitions.
    var moments: [Int64]

    /// 2038-01-01.
    static let end: Int64 = 2_145_916_800

    init(zone: TimeZoneRules, changes: [Int64], using generator: inout some RandomNumberGenerator) {
        let centre =
            changes.isEmpty || Int.random(in: 0..<8, using: &generator) == 0
            ? Int64.random(in: 86_400 * 30..<Self.end, using: &generator)
            : changes[Int.random(in: 0..<changes.count, using: &generator)]
        let local = zone.local(Instant(seconds: centre))
        let entries = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            Self.entry(near: local, using: &generator)
        }
        schedule = Schedule(
            name: "random", week: entries, exceptions: Self.exceptions(near: local.date, using: &generator))
        from = centre - Int64.random(in: 0...6 * 86_400, using: &generator)
        until = centre + Int64.random(in: 3600...9 * 86_400, using: &generator)
        let own = CompiledSchedule(schedule, in: zone).transitions(
            from: Instant(seconds: from), until: Instant(seconds: until))
        moments = [from, centre, centre - 1]
        for _ in 0..<2 {
            if let some = own.randomElement(using: &generator) { moments += [some.at.seconds - 1, some.at.seconds] }
        }
        moments.append(Int64.random(in: from...until, using: &generator))
    }

    private static func entry(
        near local: LocalDateTime, using generator: inout some RandomNumberGenerator
    ) -> ScheduleEntry {
        let start = time(near: local, last: 1439, using: &generator)
        let stop = time(near: local, last: 1440, using: &generator)
        var entry = ScheduleEntry(days: days(using: &generator), start: start, stop: stop)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: entry.start = nil
        case 1: entry.stop = nil
        case 2:
            entry.start = LocalTime(minutes: 0)
            entry.stop = LocalTime(minutes: 1440)
        default: break
        }
        if Int.random(in: 0..<5, using: &generator) == 0 {
            let month = local.date.components.month
            entry.months = [month, Int.random(in: 1...12, using: &generator)]
        }
        if Int.random(in: 0..<5, using: &generator) == 0 {
            let day = local.date.components.day
            entry.monthdays = [.day(day), .day(Int.random(in: 1...31, using: &generator)), .last]
        }
        return entry
    }

    private static func days(using generator: inout some RandomNumberGenerator) -> [DaySelector] {
        if Bool.random(using: &generator) { return Weekday.allCases.map { .every($0) } }
        return (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            let day = Weekday.allCases[Int.random(in: 0..<7, using: &generator)]
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: return .nth(day, Int.random(in: 1...5, using: &generator))
            case 1: return .last(day)
            default: return .every(day)
            }
        }
    }

    /// Mostly within two hours of a change's local time, or at a day's edge.
    private static func time(
        near local: LocalDateTime, last: Int, using generator: inout some RandomNumberGenerator
    ) -> LocalTime? {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return LocalTime(minutes: Int.random(in: 0...last, using: &generator))
        case 1: return LocalTime(minutes: [0, 1, 1439, last].randomElement(using: &generator) ?? 0)
        default:
            let quarters = Int.random(in: -8...8, using: &generator) * 15
            let minutes = ((local.secondOfDay / 900 * 15 + quarters) % 1440 + 1440) % 1440
            return LocalTime(minutes: minutes)
        }
    }

    /// Up to three that do not overlap; often side by side, now and then of more than 800 days.
    private static func exceptions(
        near date: LocalDate, using generator: inout some RandomNumberGenerator
    ) -> [ScheduleException] {
        guard Int.random(in: 0..<3, using: &generator) > 0 else { return [] }
        var first = date + Int.random(in: -5...2, using: &generator)
        if Int.random(in: 0..<10, using: &generator) == 0 { first = first + -900 }
        return (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            let isLong = Int.random(in: 0..<20, using: &generator) == 0
            let last = first + (isLong ? 898 : Int.random(in: 0...2, using: &generator))
            defer { first = last + Int.random(in: 1...2, using: &generator) }
            let state = ScheduleException.State.allCases.randomElement(using: &generator) ?? .stopped
            return ScheduleException(first: first, last: last, state: state)
        }
    }
}
