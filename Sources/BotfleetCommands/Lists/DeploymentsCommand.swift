import ArgumentParser
import FleetModel
import FleetStore
import Scheduling
import Views

/// `botfleet deployments`: what is deployed for whom, and what explains its power now.
struct DeploymentsCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployments", abstract: "List deployments; NAME shows one.")
    static let noun = "deployment"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) throws -> [DeploymentRow] {
        try RecordedTimelines(recorded, zones: context.zones).rows(now: store.estimatedNow ?? context.now)
    }

    static func name(of row: DeploymentRow) -> String { row.deployment.name }
}

/// What explains the power of recorded deployments.
struct RecordedTimelines {
    private let recorded: RecordedState
    private let book: ScheduleBook
    private let users: [String: User]
    private let schedules: [String: Schedule]
    let deployments: [Deployment]

    init(_ recorded: RecordedState, zones: ZoneDatabase) throws {
        self.recorded = recorded
        self.book = ScheduleBook(zones: zones)
        self.users = Dictionary(
            try recorded.values(.user, as: User.self).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.schedules = Dictionary(
            try recorded.values(.schedule, as: Schedule.self).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
        self.deployments = try recorded.values(.deployment, as: Deployment.self)
    }

    /// A deployment's timeline and zone; nil where its user is not recorded.
    func timeline(_ deployment: Deployment) throws -> (DeploymentTimeline, TimeZoneRules)? {
        guard let user = users[deployment.user] else { return nil }
        var zoneName = user.timezone
        var base = DeploymentTimeline.Base.state(.running)
        switch deployment.power {
        case .state(let state): base = .state(state)
        case .schedule(let name):
            let schedule = schedules[name] ?? Schedule(name: name)
            zoneName = schedule.timezone ?? user.timezone
            base = .schedule(try book.compiled(schedule, zone: zoneName))
        }
        let zone = try book.zones.zone(zoneName)
        return (DeploymentTimeline(userStatus: user.status, hold: deployment.hold, base: base, zone: zone), zone)
    }

    /// Every deployment with its instances' states, and what explains its power now.
    func rows(now: Instant) throws -> [DeploymentRow] {
        let instances = Dictionary(
            grouping: recorded.instances.values.filter { $0.deployment != nil }, by: { $0.deployment ?? "" })
        return try deployments.map { deployment in
            let mine = instances[deployment.name] ?? []
            let states = Dictionary(mine.map { ($0.state, 1) }, uniquingKeysWith: +)
            let region = deployment.region ?? users[deployment.user]?.region ?? mine.first?.region ?? ""
            guard let (timeline, zone) = try timeline(deployment) else {
                return DeploymentRow(deployment, region: region, states: states, power: nil)
            }
            return DeploymentRow(
                deployment, region: region, states: states,
                power: timeline.wanted(at: now).text(now: now, zone: zone), next: timeline.next(after: now))
        }
    }
}
