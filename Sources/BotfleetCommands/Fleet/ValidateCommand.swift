import ArgumentParser
import Diagnostics
import FleetFiles
import FleetModel
import Reconciling
import Views

/// `botfleet validate`: the files alone, no network, no database.
struct ValidateCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check the files alone: no network, no database.",
        discussion: """
            Reports every error of every file at once, as file:line:col, sorted. Bots of git sources are checked as \
            far as an earlier
            plan fetched them; what could not be checked is a warning.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "table, or json for editors: [{file, line, column, severity, message}].")
    var format: ListFormat = .table

    func run(in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        let loader = context.loader
        let files = loader.files()
        let diagnostics = try await loader.check(files)
        switch format {
        case .json: Terminal.write(DiagnosticsView.json(diagnostics))
        case .table:
            context.show(diagnostics)
            if !diagnostics.hasErrors, let repository = files.repository {
                Terminal.writeLine(ValidateCommand.summary(of: repository))
            }
        }
        return diagnostics.hasErrors ? .failure : .success
    }

    private static func summary(of repository: FleetRepository) -> String {
        let instances = count(repository.deployments.reduce(0) { $0 + $1.value.count }, "instance")
        return "Fleet '\(repository.settings.value.name)' is valid: "
            + "\(count(repository.deployments.count, "deployment")) with \(instances), "
            + "\(count(repository.users.count, "user")), \(count(repository.schedules.count, "schedule")), "
            + "\(count(repository.regions.count, "region"))."
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
}
