import ArgumentParser
import FleetModel

/// `botfleet terminate`: terminates instances, and leaves them so until they are restored.
struct TerminateCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "Terminate instances, and leave them so until restore.",
        discussion: """
            Their names, parameters and results stay; what is on their disks goes. Neither an apply nor the runner launches them again until \
            `botfleet restore`, or until their deployment's file changes. Protected ones are refused, and more at once than \
            guards.max_terminations.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("Deployments or instances.", valueName: "name")) var names: [String]
    @Option(help: ArgumentHelp("Terminate so many, whatever the guard says.", valueName: "n"))
    var allowTerminations: Int?
    @OptionGroup var queue: QueueOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        var request = JobRequest(.terminate, names)
        request.allowed = allowTerminations
        return try await queue.run(request, in: context)
    }
}
