import FleetModel
import Scheduling

/// The power that schedules, holds, overrides and states want, for planning: each schedule compiled once.
struct PowerBook {
    let now: Instant
    private let book: ScheduleBook
    /// Seconds of a week that instances of one rule run: most deployments share a few.
    private var weeks: [WeekKey: Int] = [:]
    private var verdicts: [WeekKey: WantedPower] = [:]

    private struct WeekKey: Hashable {
        var schedule: Schedule?
        var power: Power
        var timezone: String
        var status: User.Status
        var hold: Hold?
    }

    init(now: Instant, zones: ZoneDatabase) {
        self.now = now
        self.book = ScheduleBook(zones: zones)
    }

    /// What power an instance is to have now, and why.
    mutating func wanted(_ resolved: ResolvedDeployment, override: PowerOverride?) throws -> WantedPower {
        if let override { return try timeline(resolved, override: override).wanted(at: now) }
        let key = PowerBook.key(resolved.deployment, resolved.user, resolved.schedule)
        if let known = verdicts[key] { return known }
        let verdict = try timeline(resolved, override: nil).wanted(at: now)
        verdicts[key] = verdict
        return verdict
    }

    /// A verdict in words: `stopped by office-hours until Mon 08:00`.
    func text(_ wanted: WantedPower, _ resolved: ResolvedDeployment) throws -> String {
        wanted.text(now: now, zone: try book.zones.zone(resolved.timezone))
    }

    /// The first transition after now; nil for none.
    func next(_ resolved: ResolvedDeployment) throws -> Instant? {
        try timeline(resolved, override: nil).next(after: now)?.at
    }

    /// The transitions of the next seven days, with their local times.
    func upcoming(_ resolved: ResolvedDeployment) throws -> [Plan.Upcoming.Entry] {
        let zone = try book.zones.zone(resolved.timezone)
        return try timeline(resolved, override: nil).transitions(from: now, until: now + PowerBook.week).map {
            Plan.Upcoming.Entry(at: $0.at, local: zone.timestamp($0.at), action: $0.action)
        }
    }

    /// Seconds of the next seven days that one instance of a deployment runs.
    mutating func secondsPerWeek(_ deployment: Deployment, user: User, schedule: Schedule?) throws -> Int {
        let key = PowerBook.key(deployment, user, schedule)
        if let known = weeks[key] { return known }
        let seconds = try timeline(deployment, user: user, schedule: schedule, override: nil)
            .runningSeconds(from: now, until: now + PowerBook.week)
        weeks[key] = seconds
        return seconds
    }

    private static let week = 7 * 86_400

    private static func key(_ deployment: Deployment, _ user: User, _ schedule: Schedule?) -> WeekKey {
        WeekKey(
            schedule: schedule, power: deployment.power, timezone: schedule?.timezone ?? user.timezone,
            status: user.status, hold: deployment.hold)
    }

    private func timeline(_ resolved: ResolvedDeployment, override: PowerOverride?) throws -> DeploymentTimeline {
        try timeline(resolved.deployment, user: resolved.user, schedule: resolved.schedule, override: override)
    }

    private func timeline(
        _ deployment: Deployment, user: User, schedule: Schedule?, override: PowerOverride?
    ) throws -> DeploymentTimeline {
        let zone = schedule?.timezone ?? user.timezone
        let base: DeploymentTimeline.Base
        switch deployment.power {
        case .state(let state): base = .state(state)
        case .schedule(let name):
            base = .schedule(try book.compiled(schedule ?? Schedule(name: name), zone: zone))
        }
        return DeploymentTimeline(
            userStatus: user.status, hold: deployment.hold, override: override, base: base,
            zone: try book.zones.zone(zone))
    }
}

extension WantedPower {
    /// Whether nothing but a file's change ends it, so that AWS must always agree: a fixed state, or a suspended user.
    var isFixed: Bool {
        switch reason {
        case .fixed, .suspended: true
        case .hold, .override, .schedule, .nothing: false
        }
    }
}
