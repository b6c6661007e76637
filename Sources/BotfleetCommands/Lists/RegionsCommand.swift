import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet regions`: where instances may be, and how many are.
struct RegionsCommand: ListCommand {
    static let configuration = CommandConfiguration(commandName: "regions", abstract: "List regions; NAME shows one.")
    static let noun = "region"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) throws -> [RegionRow] {
        let instances = Dictionary(grouping: recorded.instances.values, by: \.region)
        return try recorded.values(.region, as: Region.self).map { region in
            let here = (instances[region.name] ?? []).filter(\.state.isAlive)
            return RegionRow(region, instances: here.count, running: here.count { $0.state == .running })
        }
    }

    static func name(of row: RegionRow) -> String { row.region.name }
}
