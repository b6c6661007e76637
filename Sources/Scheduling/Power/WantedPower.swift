import FleetModel

/// What power an instance is to have at an instant, and why (SPEC 2, "Who wins").
public struct WantedPower: Hashable, Sendable {
    /// What decides, the strongest first.
    public enum Reason: Hashable, Sendable {
        /// The user is suspended.
        case suspended
        case hold(reason: String?)
        /// Somebody's `start` or `stop`.
        case override(author: String?)
        /// The schedule of that name.
        case schedule(String)
        /// The deployment's own `state`.
        case fixed
        /// The schedule of that name has nothing to say yet, so the instance is left alone.
        case nothing(schedule: String)
    }

    /// nil leaves the instance as it is.
    public var state: PowerState?
    /// Who wins.
    public var reason: Reason
    /// When that ends: a hold's or override's end, or a schedule's first transition to the other state; nil for an open end.
    public var until: Instant?
    /// The next transition, which may be to the same state again; nil if there will be none.
    public var next: Transition?

    /// A state and why it is wanted.
    public init(state: PowerState?, reason: Reason, until: Instant?, next: Transition?) {
        self.state = state
        self.reason = reason
        self.until = until
        self.next = next
    }

    /// Where a session comes from that brings the instance to this state.
    public var sessionSource: Session.Source {
        switch reason {
        case .suspended: .suspend
        case .hold: .hold
        case .override: .override
        case .schedule: .schedule
        case .fixed, .nothing: .apply
        }
    }

    /// A line for people: `stopped by office-hours until Mon 08:00`.
    ///
    /// Times are the zone's local ones; with the date when it is more than six days after today's: `until Mon 2026-12-07 08:00`.
    public func text(now: Instant, zone: TimeZoneRules) -> String {
        let who =
            switch reason {
            case .suspended: "because the user is suspended"
            case .hold: "by hold"
            case .override: "by override"
            case .schedule(let name), .nothing(let name): "by \(name)"
            case .fixed: "by its state"
            }
        var text = "\(state?.rawValue ?? "left alone") \(who)"
        if let until { text += " until \(WantedPower.time(until, now: now, zone: zone))" }
        if case .hold(let reason?) = reason { text += " (\(reason))" }
        return text
    }

    /// A local time as people say it: `Mon 08:00`, or `Mon 2026-12-07 08:00` when it is more than six days away.
    public static func time(_ instant: Instant, now: Instant, zone: TimeZoneRules) -> String {
        let local = zone.local(instant)
        let days = local.date.daysSinceEpoch - zone.local(now).date.daysSinceEpoch
        let weekday = local.date.weekday.rawValue
        let clock = "\(inTwoDigits(local.secondOfDay / 3600)):\(inTwoDigits(local.secondOfDay / 60 % 60))"
        let name = weekday.prefix(1).uppercased() + weekday.dropFirst()
        return abs(days) > 6 ? "\(name) \(local.date) \(clock)" : "\(name) \(clock)"
    }
}
