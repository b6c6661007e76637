import FleetModel

/// A schedule's exceptions in a zone, as stretches of universal time.
struct ExceptionSpans: Sendable {
    struct Span: Hashable, Sendable {
        /// The first occurrence of the first day's 00:00.
        var begin: Int64
        /// That of the day after the last; excluded.
        var end: Int64
        var state: ScheduleException.State
    }

    /// Sorted; none is empty and no two overlap.
    let spans: [Span]

    /// Empty ones (a day that the zone skipped) are left out. Files never have two for one day; where values do, the one that
    /// begins first is kept.
    init(_ exceptions: [ScheduleException], zone: TimeZoneRules) {
        let midnight = { (date: LocalDate) in zone.seconds(ofLocal: Int64(date.daysSinceEpoch) * 86_400) }
        var kept: [Span] = []
        for exception in exceptions.sorted(by: { $0.first < $1.first }) {
            let span = Span(begin: midnight(exception.first), end: midnight(exception.last + 1), state: exception.state)
            if span.begin < span.end, span.begin >= kept.last?.end ?? .min { kept.append(span) }
        }
        spans = kept
    }

    /// The exception that holds at a moment.
    func span(at moment: Int64) -> Span? {
        let index = indexOfFirst(endingAfter: moment)
        guard index < spans.count, spans[index].begin <= moment else { return nil }
        return spans[index]
    }

    /// Whether another exception begins where one ends.
    func anotherBegins(at moment: Int64) -> Bool { span(at: moment)?.begin == moment }

    /// The index of the first exception whose end is after a moment; ``spans``' count if there is none.
    func indexOfFirst(endingAfter moment: Int64) -> Int {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].end <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ScheduleException.State {
    /// What an exception's beginning does; nil for `unmanaged`, which does nothing.
    var power: PowerState? {
        switch self {
        case .stopped: .stopped
        case .running: .running
        case .unmanaged: nil
        }
    }
}
