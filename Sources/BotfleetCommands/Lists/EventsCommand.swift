import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet events`: what happened, newest last.
struct EventsCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List what happened: applies, launches, starts, stops; newest last.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Option(help: ArgumentHelp("How many.", valueName: "n")) var limit: Int = 100

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is 1 to 100000.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        let rows: [EventRow] = try await context.withRecorded { store, recorded in
            guard let fleet = recorded.fleet else { return [] }
            return try await store.events(fleetID: fleet.id, limit: limit).map {
                EventRow(id: $0.id, at: $0.at, event: $0.event)
            }
        }
        Terminal.write(ListView.list(rows, as: format, in: context.list))
        return .success
    }
}
