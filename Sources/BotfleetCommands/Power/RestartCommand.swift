import ArgumentParser
import FleetModel

/// `botfleet restart`: stops instances and starts them again.
struct RestartCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop instances, and start them again.",
        discussion: """
            On other hardware, with a new public address and the same disk, parameters and bot. Those that do not run are refused. It leaves \
            no override behind. Where this process is killed in between, a runner starts what it had stopped.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("Deployments or instances.", valueName: "name")) var names: [String]
    @OptionGroup var queue: QueueOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        try await queue.run(JobRequest(.restart, names), in: context)
    }
}
