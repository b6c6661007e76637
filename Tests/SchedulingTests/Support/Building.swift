import FleetModel
import Foundation
import Scheduling
import Testing

/// The system's zones, as every test reads them.
let systemZones = ZoneDatabase.default(environment: ProcessInfo.processInfo.environment)

/// An instant in RFC 3339.
func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text), "'\(text)' is no instant") }

/// Days as files write them: `mon-fri`, `sat,sun`, `everyday`, `mon#1`, wrapping ranges.
func days(_ text: String) throws -> [DaySelector] {
    if text == "everyday" { return Weekday.allCases.map { .every($0) } }
    return try text.split(separator: ",").flatMap { part -> [DaySelector] in
        let ends = part.split(separator: "-")
        if ends.count == 2 {
            let first = try #require(Weekday(rawValue: String(ends[0])))
            let last = try #require(Weekday(rawValue: String(ends[1])))
            let length = (last.index - first.index + 7) % 7
            return (0...length).map { .every(Weekday.allCases[(first.index + $0) % 7]) }
        }
        return [try #require(DaySelector(part), "'\(part)' is no day")]
    }
}

/// An entry of a week.
func entry(
    _ dayText: String, start: String? = nil, stop: String? = nil, months: [Int] = [],
    monthdays: [MonthdaySelector] = []
) throws -> ScheduleEntry {
    ScheduleEntry(
        days: try days(dayText), months: months, monthdays: monthdays,
        start: try start.map { try #require(LocalTime($0)) }, stop: try stop.map { try #require(LocalTime($0)) })
}

/// An exception of several days.
func exception(_ first: String, _ last: String, _ state: ScheduleException.State) throws -> ScheduleException {
    ScheduleException(first: try #require(LocalDate(first)), last: try #require(LocalDate(last)), state: state)
}

/// An exception of one day.
func exception(_ day: String, _ state: ScheduleException.State) throws -> ScheduleException {
    try exception(day, day, state)
}

/// A compiled schedule in one of the system's zones.
func compiled(
    _ zone: String, _ week: [ScheduleEntry], exceptions: [ScheduleException] = []
) throws -> CompiledSchedule {
    CompiledSchedule(
        Schedule(name: "test", week: week, exceptions: exceptions), in: try systemZones.zone(zone))
}

extension CompiledSchedule {
    /// `2026-03-29T03:00:00+02:00 start` for each transition of [from, until).
    func preview(_ from: String, _ until: String) throws -> [String] {
        transitions(from: try at(from), until: try at(until)).map { "\(zone.timestamp($0.at)) \($0.action.rawValue)" }
    }

    func state(_ text: String) throws -> PowerState? { state(at: try at(text)) }
}
