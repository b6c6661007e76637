import FleetModel

/// What the `week` of a schedule says in a zone: transitions between two moments, from the days around them alone.
///
/// Every window is at most a day of local time, so whether a moment begins, ends or lies inside a merged window follows from the
/// windows of the few days around it: no search backwards, and cost is linear in the days looked at.
struct WeekTransitions: Sendable {
    private struct Entry: Sendable {
        var pattern: DayPattern
        /// Seconds of local time from the day's 00:00; nil where it stands alone.
        var start: Int64?
        /// As ``start``; over 86,400 on the next day.
        var stop: Int64?
    }

    /// A window as instants, [start, stop), never empty.
    private struct Window {
        var start: Int64
        var stop: Int64
    }

    private let entries: [Entry]
    private let zone: TimeZoneRules

    /// Days before a moment whose windows can reach it. A window lasts 24 local hours at most, which two offsets stretch by
    /// 52 hours, and its day's 00:00 lies another 24 + 26 hours before its start.
    private static let daysBefore: Int64 = 6
    /// Days after a moment whose times can be before it: an offset is at most 26 hours.
    private static let daysAfter: Int64 = 2

    init(_ week: [ScheduleEntry], zone: TimeZoneRules) {
        self.zone = zone
        entries = week.compactMap { entry in
            guard entry.start != nil || entry.stop != nil else { return nil }
            let start = entry.start.map { Int64($0.minutes) * 60 }
            var stop = entry.stop.map { Int64($0.minutes) * 60 }
            if let begin = start, let end = stop, end <= begin { stop = end + 86_400 }
            return Entry(pattern: DayPattern(entry), start: start, stop: stop)
        }
    }

    /// Whether it says nothing ever.
    var isEmpty: Bool { entries.isEmpty }

    /// The transitions with `from` ≤ at < `until`, sorted, one an instant.
    func transitions(from: Int64, until: Int64) -> [Transition] {
        guard from < until, !entries.isEmpty else { return [] }
        var found: [Transition] = []
        let inRange = { (moment: Int64) in from <= moment && moment < until }
        let windows = collect(from: from, until: until) { moment, action in
            if inRange(moment) { found.append(Transition(at: Instant(seconds: moment), action: action)) }
        }
        for window in windows {
            if inRange(window.start) { found.append(Transition(at: Instant(seconds: window.start), action: .start)) }
            if inRange(window.stop) { found.append(Transition(at: Instant(seconds: window.stop), action: .stop)) }
        }
        found.settle()
        return found
    }

    /// Whether a moment lies in a window.
    func covers(_ moment: Int64) -> Bool {
        guard !entries.isEmpty else { return false }
        return collect(from: moment, until: moment + 1) { _, _ in }.contains { $0.start <= moment && moment < $0.stop }
    }

    /// All windows that can touch [from, until), merged and sorted; what stands alone is handed to `mark`.
    private func collect(from: Int64, until: Int64, mark: (Int64, Session.Action) -> Void) -> [Window] {
        let first = floorDivision(from, by: 86_400) - WeekTransitions.daysBefore
        let last = floorDivision(until, by: 86_400) + WeekTransitions.daysAfter
        var clock = LocalClock(zone, near: from)
        var day = DayCursor(number: Int(first))
        var windows: [Window] = []
        while day.number <= last {
            let midnight = Int64(day.number) * 86_400
            for entry in entries where entry.pattern.holds(on: day) {
                if let start = entry.start, let stop = entry.stop {
                    let window = Window(
                        start: clock.seconds(ofLocal: midnight + start), stop: clock.seconds(ofLocal: midnight + stop))
                    if window.start < window.stop { WeekTransitions.merge(window, into: &windows) }
                } else if let start = entry.start {
                    mark(clock.seconds(ofLocal: midnight + start), .start)
                } else if let stop = entry.stop {
                    mark(clock.seconds(ofLocal: midnight + stop), .stop)
                }
            }
            day.advance()
        }
        return windows
    }

    /// Puts a window into a sorted list of windows that neither overlap nor touch, and keeps it so.
    ///
    /// Days come in order, so a window belongs at or near the end and the search from there is short.
    private static func merge(_ window: Window, into windows: inout [Window]) {
        var merged = window
        var place = windows.count
        while place > 0, windows[place - 1].start > merged.stop { place -= 1 }
        var first = place
        while first > 0, windows[first - 1].stop >= merged.start {
            first -= 1
            merged.start = min(merged.start, windows[first].start)
            merged.stop = max(merged.stop, windows[first].stop)
        }
        windows.replaceSubrange(first..<place, with: CollectionOfOne(merged))
    }
}
