import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet sessions`: the history of starts and stops, newest first.
struct SessionsCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List starts and stops, newest first.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Option(help: ArgumentHelp("Only of this instance.", valueName: "name")) var instance: String?
    @Option(help: ArgumentHelp("Only of this deployment.", valueName: "name")) var deployment: String?
    @Option(help: ArgumentHelp("Only of this user.", valueName: "email")) var user: String?
    @Option(help: ArgumentHelp("pending, succeeded, failed, superseded or skipped.", valueName: "outcome"))
    var outcome: Session.Outcome?
    @Option(help: ArgumentHelp("Only from this instant on (RFC 3339).", valueName: "time")) var since: Instant?
    @Option(help: ArgumentHelp("Only before this instant (RFC 3339).", valueName: "time")) var until: Instant?
    @Option(help: ArgumentHelp("How many.", valueName: "n")) var limit: Int = 100

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is 1 to 100000.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        var filter = SessionFilter()
        filter.instance = instance
        filter.deployment = deployment
        filter.user = user.map(User.key)
        filter.outcome = outcome
        filter.since = since
        filter.until = until
        filter.limit = limit
        let chosen = filter
        let rows: [Session] = try await context.withRecorded { store, recorded in
            guard let fleet = recorded.fleet else { return [] }
            return try await store.sessions(fleetID: fleet.id, filter: chosen)
        }
        Terminal.write(ListView.list(rows, as: format, in: context.list))
        return .success
    }
}

extension Session.Outcome: ExpressibleByArgument {}

extension Instant: ExpressibleByArgument {
    /// Reads RFC 3339.
    public init?(argument: String) { self.init(rfc3339: argument) }
}
