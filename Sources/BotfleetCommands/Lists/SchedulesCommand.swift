import ArgumentParser
import FleetModel
import FleetStore
import Scheduling
import Views

/// `botfleet schedules`: when deployments run.
struct SchedulesCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "List schedules; NAME shows one.")
    static let noun = "schedule"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) throws -> [ScheduleRow] {
        let deployments = try recorded.values(.deployment, as: Deployment.self)
        let zones = context.zones
        return try recorded.values(.schedule, as: Schedule.self).map { schedule in
            let names = deployments.filter { $0.power == .schedule(schedule.name) }.map(\.name)
            guard let name = schedule.timezone else { return ScheduleRow(schedule, deployments: names) }
            let zone = try zones.zone(name)
            let timeline = DeploymentTimeline(base: .schedule(CompiledSchedule(schedule, in: zone)), zone: zone)
            return ScheduleRow(
                schedule, deployments: names, wanted: timeline.wanted(at: context.now),
                next: timeline.next(after: context.now))
        }
    }

    static func name(of row: ScheduleRow) -> String { row.schedule.name }
}
