import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet bots`: the catalogue.
struct BotsCommand: ListCommand {
    static let configuration = CommandConfiguration(commandName: "bots", abstract: "List bots; NAME shows one.")
    static let noun = "bot"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) throws -> [Bot] {
        try recorded.values(.bot, as: Bot.self)
    }

    static func name(of row: Bot) -> String { row.name }
}
