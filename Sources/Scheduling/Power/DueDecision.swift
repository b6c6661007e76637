import FleetModel

/// What a tick makes of a due deployment: all transitions in (cursor, now] as sessions (SPEC 2, "Nothing missed, nothing twice").
///
/// Pure. Of each instance the last transition is pending and those before it are superseded, however long nobody looked. An
/// instance whose state leaves nothing to do gets a skipped session.
public struct DueDecision: Sendable {
    /// The most sessions of one deployment in one step. More than that, after a downtime of months, are recorded in several
    /// steps, all but the last of which hold superseded sessions alone.
    public static let sessionsPerStep = 2_000

    private let now: Instant
    private let book: ScheduleBook

    /// Decisions as of an instant.
    public init(now: Instant, book: ScheduleBook) {
        self.now = now
        self.book = book
    }

    /// The sessions of a deployment's transitions, and its cursor after them.
    ///
    /// Throws: what ``ZoneDatabase/zone(_:)`` throws.
    public func advance(_ due: DueDeployment) throws(TimeZoneFailure) -> CursorAdvance {
        let plain = try timeline(of: due, override: nil)
        var timelines: [(instance: RecordedInstanceState, timeline: DeploymentTimeline)] = []
        for instance in due.instances {
            let override = due.overrides[instance.name]
            if override == nil {
                timelines.append((instance, plain))
            } else {
                timelines.append((instance, try timeline(of: due, override: override)))
            }
        }
        let end = stepEnd(due, timelines.map(\.timeline))
        let isLast = end == now
        var sessions: [Session] = []
        var next = timelines.isEmpty ? plain.next(after: end)?.at : nil
        for (instance, timeline) in timelines {
            let transitions = timeline.transitions(from: due.cursor + 1, until: end + 1)
            for (index, transition) in transitions.enumerated() {
                let mayBePending = isLast && index == transitions.count - 1
                sessions.append(session(of: transition, instance, due, timeline, mayBePending: mayBePending))
            }
            if let own = timeline.next(after: end)?.at { next = min(next ?? own, own) }
        }
        return CursorAdvance(deployment: due.deployment.name, cursor: end, next: next, sessions: sessions)
    }

    private func session(
        of transition: Transition, _ instance: RecordedInstanceState, _ due: DueDeployment,
        _ timeline: DeploymentTimeline, mayBePending: Bool
    ) -> Session {
        let session = Session(
            instance: instance.name, deployment: due.deployment.name, user: due.user.key, action: transition.action,
            scheduledFor: transition.at, outcome: mayBePending ? .pending : .superseded,
            source: timeline.source(of: transition))
        // Any other state may be another by the time that it is carried out, under the instance's lock.
        guard mayBePending, instance.state == .terminated,
            let reason = DueDecision.nothingToDo(transition.action, instance.state)
        else { return session }
        return session.skipped(reason)
    }

    /// Why an action is nothing for an instance in a state; nil where it is to be carried out. A start of one that is being
    /// terminated waits until it is gone.
    public static func nothingToDo(_ action: Session.Action, _ state: InstanceState) -> String? {
        switch (action, state) {
        case (_, .terminated): "it was terminated deliberately, and comes back by restore or a change of its file"
        case (.stop, .terminating): "it is being terminated"
        case (.stop, .planned), (.stop, .lost): "there is no machine to stop"
        case (.start, _), (.stop, _): nil
        }
    }

    /// Up to when this step goes: now, or the instant that keeps it within its size.
    private func stepEnd(_ due: DueDeployment, _ timelines: [DeploymentTimeline]) -> Instant {
        guard let first = timelines.first, due.cursor < now else { return now }
        let each = max(1, DueDecision.sessionsPerStep / timelines.count)
        // One instance's transitions tell the pace of all: they differ by the ends of overrides alone.
        let transitions = first.transitions(from: due.cursor + 1, until: now + 1)
        return transitions.count > each ? transitions[each - 1].at : now
    }

    private func timeline(
        of due: DueDeployment, override: PowerOverride?
    ) throws(TimeZoneFailure) -> DeploymentTimeline {
        try DeploymentTimeline(due, override: override, book: book)
    }
}

extension DeploymentTimeline {
    /// The timeline of a deployment's instance as recorded; a schedule that is not recorded has no transitions.
    public init(_ due: DueDeployment, override: PowerOverride?, book: ScheduleBook) throws(TimeZoneFailure) {
        let zone = due.schedule?.timezone ?? due.user.timezone
        let base: Base
        switch due.deployment.power {
        case .state(let state): base = .state(state)
        case .schedule(let name): base = .schedule(try book.compiled(due.schedule ?? Schedule(name: name), zone: zone))
        }
        self.init(
            userStatus: due.user.status, hold: due.deployment.hold, override: override, base: base,
            zone: try book.zones.zone(zone))
    }
}
