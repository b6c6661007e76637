import FleetModel
import Scheduling

/// A schedule as `schedules` lists it.
public struct ScheduleRow: Hashable, Sendable {
    /// As it was applied last.
    public var schedule: Schedule
    /// Names of the deployments that follow it.
    public var deployments: [String]
    /// What it wants now; nil where each deployment's user has a zone of their own.
    public var wanted: WantedPower?
    /// Its next transition; nil as above, and where there is none.
    public var next: Transition?

    /// A schedule with who follows it.
    public init(_ schedule: Schedule, deployments: [String], wanted: WantedPower? = nil, next: Transition? = nil) {
        self.schedule = schedule
        self.deployments = deployments
        self.wanted = wanted
        self.next = next
    }
}

extension ScheduleRow: Listable {
    /// What several are called.
    public static var plural: String { "schedules" }

    /// What people see of one.
    public static var columns: [ListColumn<ScheduleRow>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.schedule.name) },
            ListColumn("TIMEZONE") { row, _ in Cell(row.schedule.timezone ?? "each user's") },
            ListColumn("WEEK", narrowest: 18) { row, _ in
                Cell(row.schedule.week.map(\.shown).joined(separator: "; "))
            },
            ListColumn("DEPLOYMENTS", isNumber: true) { row, _ in Cell(row.deployments.count) },
            ListColumn("NOW") { row, _ in
                Cell(row.wanted?.state?.rawValue, row.wanted?.state == .running ? .good : .plain)
            },
            ListColumn("NEXT") { row, context in
                Cell(row.next.map { "\($0.action.rawValue) \(Spans.relative($0.at, to: context.now))" })
            },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", schedule.name), Field("timezone", schedule.timezone),
            Field("week", .array(schedule.week.map(\.listed))),
            Field("exceptions", .array(schedule.exceptions.map(\.listed))), Field("enforce", schedule.enforce),
            Field("deployments", .array(deployments.sorted(by: NaturalOrder.precedes).map { .string($0) })),
            Field("state", wanted?.state?.rawValue), Field("next_at", next?.at),
            Field("next_action", next?.action.rawValue),
        ]
    }
}

extension ScheduleEntry {
    /// `mon tue 08:00-18:30`, `sat from 22:00`, `sun until 23:30`, with months and days of the month where they narrow it.
    fileprivate var shown: String {
        var parts = [
            days.count == 7 && Set(days) == Set(Weekday.allCases.map { .every($0) }) ? "everyday" : Self.days(days)
        ]
        if !months.isEmpty { parts.append("in \(months.compactMap(Self.month).joined(separator: ","))") }
        if !monthdays.isEmpty { parts.append("on \(monthdays.map(\.description).joined(separator: ","))") }
        switch (start, stop) {
        case (let start?, let stop?): parts.append("\(start)-\(stop)")
        case (let start?, nil): parts.append("from \(start)")
        case (nil, let stop?): parts.append("until \(stop)")
        case (nil, nil): break
        }
        return parts.joined(separator: " ")
    }

    /// The entry with its keys as files have them.
    fileprivate var listed: JSONValue {
        [
            "days": .array(days.map { .string($0.description) }), "months": .array(months.map { .integer($0) }),
            "monthdays": .array(monthdays.map { .string($0.description) }),
            "start": start.map { .string($0.description) } ?? .null,
            "stop": stop.map { .string($0.description) } ?? .null,
        ]
    }

    /// `mon-fri` for neighbours, `sat,sun` else.
    private static func days(_ days: [DaySelector]) -> String {
        let plain = days.compactMap { day -> Weekday? in
            if case .every(let weekday) = day { weekday } else { nil }
        }
        if plain.count == days.count, plain.count > 2, let first = plain.first, let last = plain.last,
            plain.map(\.index) == Array(first.index..<first.index + plain.count)
        {
            return "\(first.rawValue)-\(last.rawValue)"
        }
        return days.map(\.description).joined(separator: ",")
    }

    private static func month(_ number: Int) -> String? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.indices.contains(number - 1) ? names[number - 1] : nil
    }
}

extension ScheduleException {
    /// The exception with its days as files have them.
    fileprivate var listed: JSONValue {
        ["dates": .string(first == last ? "\(first)" : "\(first)..\(last)"), "state": .string(state.rawValue)]
    }
}
