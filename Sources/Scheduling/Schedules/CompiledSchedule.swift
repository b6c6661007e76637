import FleetModel
import Synchronization

/// A schedule in a time zone: which transitions it has, and what state it wants at any instant (SPEC 2).
///
/// A value: the same questions always have the same answers. Copies share what they have worked out (at most about a megabyte),
/// so compile once and ask often; it may be asked from any thread. Questions cost time linear in the days they look at, and
/// nothing where those days were looked at before. Instants count within 34,000 years of 1970.
public struct CompiledSchedule: Sendable {
    private final class Core: Sendable {
        let schedule: Schedule
        let zone: TimeZoneRules
        let rules: ScheduleRules
        let memory = Mutex(ScheduleMemory())

        init(_ schedule: Schedule, zone: TimeZoneRules) {
            self.schedule = schedule
            self.zone = zone
            rules = ScheduleRules(schedule, zone: zone)
        }
    }

    private let core: Core

    /// Days of look-ahead: 41 years, more than the longest pause between two 29 Februaries of one weekday (40 years, over
    /// 2100). A week that does nothing for that long does nothing ever.
    private static let lookahead: Int64 = 41 * 366 * 86_400

    /// A schedule as it is in a zone; the schedule's own `timezone` is for the caller to resolve.
    public init(_ schedule: Schedule, in zone: TimeZoneRules) {
        core = Core(schedule, zone: zone)
    }

    /// The schedule as files write it.
    public var schedule: Schedule { core.schedule }
    /// The zone that its local times are in.
    public var zone: TimeZoneRules { core.zone }

    /// The state wanted at an instant: that of the last transition at or before it, looked for 800 days back; running where
    /// windows leave no transition (00:00–24:00 everyday); nil where the instance is left alone.
    public func state(at instant: Instant) -> PowerState? {
        let moment = CompiledSchedule.clamped(instant)
        let stretch = stretch(around: moment)
        if let last = last(in: stretch, atOrBefore: moment) { return last.state }
        if case .state(let state) = stretch.constant { return state }
        return core.rules.stateWithoutTransition(at: moment)
    }

    /// The transitions with `from` ≤ at < `until`, sorted, one an instant.
    public func transitions(from: Instant, until: Instant) -> [Transition] {
        core.rules.transitions(from: CompiledSchedule.clamped(from), until: CompiledSchedule.clamped(until))
    }

    /// The last transition at or before an instant, looked for 800 days back.
    public func last(atOrBefore instant: Instant) -> Transition? {
        let moment = CompiledSchedule.clamped(instant)
        return last(in: stretch(around: moment), atOrBefore: moment)
    }

    /// The first transition after an instant, of any action or of one; nil if there will never be one.
    public func next(after instant: Instant, action: Session.Action? = nil) -> Transition? {
        let moment = CompiledSchedule.clamped(instant)
        let stretch = stretch(around: moment)
        let passed = stretch.transitions.countThrough(Instant(seconds: moment))
        let isWanted = { (transition: Transition) in action == nil || transition.action == action }
        if let near = stretch.transitions[passed...].first(where: isWanted) { return near }
        if let quiet = core.memory.withLock({ $0.quiet[action] }), quiet.from <= moment,
            moment < quiet.next?.at.seconds ?? .max
        {
            return quiet.next
        }
        let next = search(after: moment, isWanted)
        core.memory.withLock { $0.quiet[action] = ScheduleMemory.Quiet(from: moment, next: next) }
        return next
    }

    /// How many seconds of [from, until) the wanted state is running.
    public func runningSeconds(from: Instant, until: Instant) -> Int {
        var running: Int64 = 0
        var moment = CompiledSchedule.clamped(from)
        let end = CompiledSchedule.clamped(until)
        while moment < end {
            var next = min(end, self.next(after: Instant(seconds: moment))?.at.seconds ?? end)
            // A transition's word ends 800 days later, between transitions that are further apart.
            if let last = last(atOrBefore: Instant(seconds: moment)) {
                next = min(next, last.at.seconds + ScheduleRules.lookback + 1)
            } else if let span = core.rules.exceptions.span(at: moment) {
                next = min(next, span.end)
            }
            if state(at: Instant(seconds: moment)) == .running { running += next - moment }
            moment = next
        }
        return Int(running)
    }

    // MARK: - What is remembered

    private func last(in stretch: ScheduleMemory.Stretch, atOrBefore moment: Int64) -> Transition? {
        let passed = stretch.transitions.countThrough(Instant(seconds: moment))
        let last = passed > 0 ? stretch.transitions[passed - 1] : stretch.previous
        guard let last, moment - last.at.seconds <= ScheduleRules.lookback else { return nil }
        return last
    }

    private func stretch(around moment: Int64) -> ScheduleMemory.Stretch {
        let index = floorDivision(moment, by: ScheduleMemory.length)
        let (known, before) = core.memory.withLock { memory -> (ScheduleMemory.Stretch?, ScheduleMemory.Stretch?) in
            if let stretch = memory.stretch(index) { return (stretch, nil) }
            return (nil, memory.stretch(index - 1))
        }
        if let known { return known }
        // Worked out without the lock: two threads may do it at once, with the same result.
        let stretch = workOut(index, after: before)
        core.memory.withLock { $0.keep(stretch, at: index) }
        return stretch
    }

    private func workOut(_ index: Int64, after before: ScheduleMemory.Stretch?) -> ScheduleMemory.Stretch {
        let begin = index * ScheduleMemory.length
        let end = begin + ScheduleMemory.length
        let transitions = core.rules.transitions(from: begin, until: end)
        let previous =
            before?.transitions.last
            ?? core.rules.last(atOrBefore: begin - 1, notBefore: begin - ScheduleRules.lookback)
        guard transitions.isEmpty, previous == nil else {
            return ScheduleMemory.Stretch(transitions: transitions, previous: previous, constant: nil)
        }
        let exceptionChanges = core.rules.exceptions.spans.contains { span in
            (begin..<end).contains(span.begin) || (begin..<end).contains(span.end)
        }
        let weekIsQuiet =
            core.rules.lastOfWeek(atOrBefore: end - 1) == nil && core.rules.lastOfWeek(atOrBefore: begin) == nil
        guard weekIsQuiet, !exceptionChanges else {
            return ScheduleMemory.Stretch(transitions: [], previous: nil, constant: nil)
        }
        let state = core.rules.stateWithoutTransition(at: begin)
        return ScheduleMemory.Stretch(transitions: [], previous: nil, constant: .state(state))
    }

    // MARK: - Looking ahead

    /// The first transition after a moment that is wanted: within 41 years, else after the edge of an exception beyond them.
    private func search(after moment: Int64, _ isWanted: (Transition) -> Bool) -> Transition? {
        let rules = core.rules
        if rules.week.isEmpty, rules.exceptions.spans.isEmpty { return nil }
        if let found = search(from: moment + 1, isWanted) { return found }
        let edges = rules.exceptions.spans.flatMap { [$0.begin, $0.end] }
        for edge in edges where edge > moment + CompiledSchedule.lookahead {
            if let found = search(from: edge, isWanted) { return found }
        }
        return nil
    }

    /// The first wanted transition of the 41 years from a moment on, in stretches of growing length.
    private func search(from moment: Int64, _ isWanted: (Transition) -> Bool) -> Transition? {
        var from = moment
        let end = moment + CompiledSchedule.lookahead
        var length: Int64 = 8 * 86_400
        while from < end {
            let until = min(end, from + length)
            if let found = core.rules.transitions(from: from, until: until).first(where: isWanted) { return found }
            from = until
            length = min(length * 4, 1024 * 86_400)
        }
        return nil
    }

    /// 2⁴⁰ seconds: arithmetic on what lies within it never overflows.
    private static func clamped(_ instant: Instant) -> Int64 {
        min(max(instant.seconds, -1 << 40), 1 << 40)
    }
}
