import ArgumentParser
import FleetModel

/// `botfleet restore`: launches instances again that were terminated or lost.
struct RestoreCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Launch instances again that were terminated or lost.",
        discussion: """
            Under their own names, with the bot version, the parameters and the results in the bucket that they had. AWS is searched for \
            a machine of the name first, so none is made twice.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("Deployments or instances.", valueName: "name")) var names: [String]
    @OptionGroup var queue: QueueOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        try await queue.run(JobRequest(.restore, names), in: context)
    }
}
