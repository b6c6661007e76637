import FleetModel

/// A schedule's meaning in a zone, worked out anew at each question: week and exceptions together (SPEC 2).
///
/// ``CompiledSchedule`` remembers its answers. All moments are seconds since 1970.
struct ScheduleRules: Sendable {
    let week: WeekTransitions
    let exceptions: ExceptionSpans

    /// How far back the last transition is looked for: 800 days of 24 hours. A transition just that old still counts.
    static let lookback: Int64 = 800 * 86_400

    init(_ schedule: Schedule, zone: TimeZoneRules) {
        week = WeekTransitions(schedule.week, zone: zone)
        exceptions = ExceptionSpans(schedule.exceptions, zone: zone)
    }

    /// The transitions with `from` ≤ at < `until`, sorted, one an instant.
    func transitions(from: Int64, until: Int64) -> [Transition] {
        var found = week.transitions(from: from, until: until)
        var index = exceptions.indexOfFirst(endingAfter: from - 1)
        guard index < exceptions.spans.count, exceptions.spans[index].begin < until else { return found }
        found.removeAll { exceptions.span(at: $0.at.seconds) != nil }
        while index < exceptions.spans.count, exceptions.spans[index].begin < until {
            appendEdges(of: exceptions.spans[index], from: from, until: until, to: &found)
            index += 1
        }
        found.settle()
        return found
    }

    /// What an exception does at its beginning and at its end.
    private func appendEdges(of span: ExceptionSpans.Span, from: Int64, until: Int64, to found: inout [Transition]) {
        guard let power = span.state.power else { return }
        if span.begin >= from {
            found.append(Transition(at: Instant(seconds: span.begin), action: Session.Action(power)))
        }
        guard span.end >= from, span.end < until, !exceptions.anotherBegins(at: span.end) else { return }
        if let state = weekState(at: span.end) {
            found.append(Transition(at: Instant(seconds: span.end), action: Session.Action(state)))
        }
    }

    /// The state by the week alone, as if there were no exceptions; nil where it says nothing yet.
    func weekState(at moment: Int64) -> PowerState? {
        if let last = lastOfWeek(atOrBefore: moment) { return last.state }
        return week.covers(moment) ? .running : nil
    }

    /// The last transition at or before a moment, not before `earliest`.
    func last(atOrBefore moment: Int64, notBefore earliest: Int64) -> Transition? {
        ScheduleRules.searchBack(from: moment, to: earliest) { transitions(from: $0, until: $1).last }
    }

    func lastOfWeek(atOrBefore moment: Int64) -> Transition? {
        guard !week.isEmpty else { return nil }
        return ScheduleRules.searchBack(from: moment, to: moment - ScheduleRules.lookback) {
            week.transitions(from: $0, until: $1).last
        }
    }

    /// The state where no transition lies in the time looked back: running within windows that leave none (00:00–24:00
    /// everyday), else nothing. An exception that says stopped never lets anything run.
    func stateWithoutTransition(at moment: Int64) -> PowerState? {
        if exceptions.span(at: moment)?.state == .stopped { return nil }
        return lastOfWeek(atOrBefore: moment) == nil && week.covers(moment) ? .running : nil
    }

    /// Tries [from, until) stretches backwards, each four times the one before, so that near answers are cheap.
    private static func searchBack(
        from moment: Int64, to earliest: Int64, _ search: (_ from: Int64, _ until: Int64) -> Transition?
    ) -> Transition? {
        var until = moment + 1
        var length: Int64 = 8 * 86_400
        while until > earliest {
            let from = max(earliest, until - length)
            if let found = search(from, until) { return found }
            until = from
            length *= 4
        }
        return nil
    }
}
