import ArgumentParser
import Diagnostics
import FleetModel
import Views

/// `botfleet doctor`: is everything there that this fleet needs?
struct DoctorCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check database, credentials, permissions, bucket, images, clock and time zone data.",
        discussion: "Looks and changes nothing. Exits with 1 when a check fails.")

    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table

    func run(in context: CommandContext) async throws -> ExitCode {
        let checks = await Doctor(context: context).examine()
        Terminal.write(ListView.list(checks, as: format, in: context.list))
        return checks.contains { $0.outcome == .failed } ? .failure : .success
    }
}
