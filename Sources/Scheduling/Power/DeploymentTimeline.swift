import FleetModel

/// What power one instance is to have over time: suspended user > hold > override > schedule > state (SPEC 2, "Who wins").
///
/// Pure. Holds and overrides count as if they had always been there: when one begins, the caller moves the deployment's cursor
/// to that moment. Their ends are transitions like any other, to what then holds beneath them.
public struct DeploymentTimeline: Sendable {
    /// What holds where nothing stronger does.
    public enum Base: Sendable {
        case schedule(CompiledSchedule)
        case state(PowerState)
    }

    /// Something that stands over the base until its end.
    private struct Cover: Sendable {
        var state: PowerState
        /// Excluded; nil is an open end.
        var end: Instant?
        var reason: WantedPower.Reason

        func holds(at instant: Instant) -> Bool { end.map { instant < $0 } ?? true }
    }

    private let isSuspended: Bool
    /// The strongest first; one whose end is not after that of a stronger one never shows and is left out.
    private let covers: [Cover]
    private let base: Base

    /// `zone` is the schedule's, else the user's: a hold's end is local to it.
    public init(
        userStatus: User.Status = .active, hold: Hold? = nil, override: PowerOverride? = nil, base: Base,
        zone: TimeZoneRules
    ) {
        isSuspended = userStatus == .suspended
        self.base = base
        var covers: [Cover] = []
        if let hold {
            let end = hold.until.map { zone.instant(of: $0) }
            covers.append(Cover(state: hold.state, end: end, reason: .hold(reason: hold.reason)))
        }
        if let override {
            let cover = Cover(state: override.state, end: override.until, reason: .override(author: override.author))
            let isSeen = covers.last.map { stronger in stronger.end.map { cover.holds(at: $0) } ?? false } ?? true
            if isSeen { covers.append(cover) }
        }
        self.covers = covers
    }

    /// What is wanted at an instant, why, and until when.
    public func wanted(at instant: Instant) -> WantedPower {
        if isSuspended { return WantedPower(state: .stopped, reason: .suspended, until: nil, next: nil) }
        let next = next(after: instant)
        if let cover = covers.first(where: { $0.holds(at: instant) }) {
            return WantedPower(state: cover.state, reason: cover.reason, until: cover.end, next: next)
        }
        switch base {
        case .state(let state): return WantedPower(state: state, reason: .fixed, until: nil, next: next)
        case .schedule(let schedule):
            guard let state = schedule.state(at: instant) else {
                return WantedPower(
                    state: nil, reason: .nothing(schedule: schedule.schedule.name), until: next?.at, next: next)
            }
            let other = schedule.next(after: instant, action: state == .running ? .stop : .start)
            return WantedPower(state: state, reason: .schedule(schedule.schedule.name), until: other?.at, next: next)
        }
    }

    /// The transitions with `from` ≤ at < `until`, sorted, one an instant; none while the user is suspended.
    public func transitions(from: Instant, until: Instant) -> [Transition] {
        guard !isSuspended, from < until else { return [] }
        var found = handovers.filter { from <= $0.at && $0.at < until }
        if case .schedule(let schedule) = base, let free = freeFrom(from), free < until {
            found += schedule.transitions(from: free, until: until)
        }
        found.settle()
        return found
    }

    /// The first transition after an instant; nil if there will be none as things stand.
    public func next(after instant: Instant) -> Transition? {
        guard !isSuspended else { return nil }
        if let handover = handovers.first(where: { $0.at > instant }) { return handover }
        guard case .schedule(let schedule) = base, let free = freeFrom(instant) else { return nil }
        return schedule.next(after: free)
    }

    /// The last transition at or before an instant, a schedule's looked for 800 days back.
    public func last(atOrBefore instant: Instant) -> Transition? {
        guard !isSuspended else { return nil }
        var last = handovers.last { $0.at <= instant }
        if case .schedule(let schedule) = base, let own = schedule.last(atOrBefore: instant),
            let free = freeFrom(own.at), free == own.at, last.map({ $0.at < own.at }) ?? true
        {
            last = own
        }
        return last
    }

    /// What a transition of this timeline comes from: the schedule, or the end of a hold or override.
    public func source(of transition: Transition) -> Session.Source {
        if case .schedule(let schedule) = base, freeFrom(transition.at) == transition.at,
            schedule.last(atOrBefore: transition.at)?.at == transition.at
        {
            return .schedule
        }
        let ending = covers.first { $0.end == transition.at }
        return if case .hold? = ending?.reason { .hold } else { .override }
    }

    /// How many seconds of [from, until) running is wanted.
    public func runningSeconds(from: Instant, until: Instant) -> Int {
        guard !isSuspended else { return 0 }
        var seconds = 0
        var moment = from
        for cover in covers where cover.holds(at: moment) && moment < until {
            let end = min(until, cover.end ?? until)
            if cover.state == .running { seconds += end - moment }
            moment = end
        }
        guard moment < until else { return seconds }
        switch base {
        case .state(let state): return seconds + (state == .running ? until - moment : 0)
        case .schedule(let schedule): return seconds + schedule.runningSeconds(from: moment, until: until)
        }
    }

    /// The ends of hold and override, each with what it hands over to; an end after which the schedule says nothing is none.
    private var handovers: [Transition] {
        covers.indices.compactMap { index in
            guard let end = covers[index].end else { return nil }
            let beneath = index + 1 < covers.count ? covers[index + 1].state : baseState(at: end)
            return beneath.map { Transition(at: end, action: Session.Action($0)) }
        }
    }

    private func baseState(at instant: Instant) -> PowerState? {
        switch base {
        case .state(let state): state
        case .schedule(let schedule): schedule.state(at: instant)
        }
    }

    /// The instant, or where a hold or override still stands then, its end; nil if that is open.
    private func freeFrom(_ instant: Instant) -> Instant? {
        guard let lowest = covers.last else { return instant }
        return lowest.end.map { max($0, instant) }
    }
}
