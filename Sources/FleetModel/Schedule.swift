/// A document of schedules/: a set of transitions (SPEC 2).
public struct Schedule: Hashable, Sendable, Codable {
    /// What deployments refer to it by; unique in the fleet.
    public var name: String
    /// An IANA zone; nil is each deployment's user's zone.
    public var timezone: String?
    /// Windows that overlap or touch are one, whatever their order here.
    public var week: [ScheduleEntry]
    /// Win over the week; no day is covered by two.
    public var exceptions: [ScheduleException]
    /// true: manual starts and stops are undone at the next instance:sync.
    public var enforce: Bool

    /// A schedule as a document with just the given keys declares it.
    public init(
        name: String, timezone: String? = nil, week: [ScheduleEntry] = [], exceptions: [ScheduleException] = [],
        enforce: Bool = false
    ) {
        self.name = name
        self.timezone = timezone
        self.week = week
        self.exceptions = exceptions
        self.enforce = enforce
    }
}

/// One entry of a schedule's week: the days it holds on, and a start, a stop, or a window of both.
public struct ScheduleEntry: Hashable, Sendable, Codable {
    /// Local days of the week; never empty. `everyday` is all seven.
    public var days: [DaySelector]
    /// 1…12; empty is every month.
    public var months: [Int]
    /// Empty is every day of the month.
    public var monthdays: [MonthdaySelector]
    /// 00:00…23:59.
    public var start: LocalTime?
    /// 00:00…24:00.
    public var stop: LocalTime?

    /// An entry as a file with just the given keys declares it; files give a start, a stop or both.
    public init(
        days: [DaySelector], months: [Int] = [], monthdays: [MonthdaySelector] = [], start: LocalTime? = nil,
        stop: LocalTime? = nil
    ) {
        self.days = days
        self.months = months
        self.monthdays = monthdays
        self.start = start
        self.stop = stop
    }
}

/// Which days of the week an entry holds on.
public enum DaySelector: Hashable, Sendable, Codable {
    /// Every such day: `mon`.
    case every(Weekday)
    /// The nth such day of a month, n in 1…5: `mon#1`.
    case nth(Weekday, Int)
    /// The last such day of a month: `fri#last`.
    case last(Weekday)
}

extension DaySelector: CustomStringConvertible {
    /// As files write it: `mon`, `mon#1`, `fri#last`.
    public var description: String {
        switch self {
        case .every(let day): day.rawValue
        case .nth(let day, let count): "\(day.rawValue)#\(count)"
        case .last(let day): "\(day.rawValue)#last"
        }
    }

    /// Reads one day as files write it, lower case.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let day = Weekday(rawValue: String(first)) else { return nil }
        guard parts.count == 2 else {
            self = .every(day)
            return
        }
        if parts[1] == "last" {
            self = .last(day)
        } else if let count = Int(parts[1]), (1...5).contains(count), parts[1].utf8.count == 1 {
            self = .nth(day, count)
        } else {
            return nil
        }
    }

    /// Reads `mon`, `mon#1` or `fri#last`; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws { self = try decodeText(decoder, "a day") { DaySelector($0) } }
    /// Writes the day as files do.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}

/// Which days of the month an entry holds on.
public enum MonthdaySelector: Hashable, Sendable, Codable {
    /// 1…31.
    case day(Int)
    /// The month's last day.
    case last
}

extension MonthdaySelector: CustomStringConvertible {
    /// `1`…`31` or `last`.
    public var description: String {
        switch self {
        case .day(let number): String(number)
        case .last: "last"
        }
    }

    /// Reads `1`…`31` or `last`; throws `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, "a day of the month") { text in
            if text == "last" { return .last }
            return Int(text).flatMap { (1...31).contains($0) ? .day($0) : nil }
        }
    }
    /// Writes `1`…`31` or `last`.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}

/// Whole local days on which something else holds than the week.
public struct ScheduleException: Hashable, Sendable, Codable {
    /// What holds on the days of an exception.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// A stop at the first day's beginning, and no start before the last day's end.
        case stopped
        /// A start at the first day's beginning, and no stop before the last day's end.
        case running
        /// Nothing is started or stopped.
        case unmanaged
    }

    /// The first day, from its 00:00 in the schedule's zone.
    public var first: LocalDate
    /// The last day, included; not before the first.
    public var last: LocalDate
    /// One state for all its days.
    public var state: State

    /// An exception of whole days, both ends included; a date alone is both.
    public init(first: LocalDate, last: LocalDate, state: State) {
        self.first = first
        self.last = last
        self.state = state
    }
}
