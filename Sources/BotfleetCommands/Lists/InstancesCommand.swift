import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet instances`: every instance that is recorded.
struct InstancesCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "instances", abstract: "List instances; NAME shows one.")
    static let noun = "instance"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) -> [RecordedInstance] {
        recorded.instances.values.sorted { NaturalOrder.precedes($0.name, $1.name) }
    }

    static func name(of row: RecordedInstance) -> String { row.name }
}
