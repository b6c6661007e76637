import ArgumentParser
import FleetModel

/// `botfleet start`: starts instances now, and keeps them running for a while whatever the schedule says.
struct StartCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start instances, and keep them running for a while.",
        discussion: PowerOptions.discussion)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var power: PowerOptions

    func run(in context: CommandContext) async throws -> ExitCode { try await power.run(.start, in: context) }
}

/// `botfleet stop`: stops instances now, and keeps them stopped for a while whatever the schedule says.
struct StopCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop instances, and keep them stopped for a while.",
        discussion: PowerOptions.discussion)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var power: PowerOptions

    func run(in context: CommandContext) async throws -> ExitCode { try await power.run(.stop, in: context) }
}

/// The options that start and stop share.
struct PowerOptions: ParsableArguments {
    static let discussion = """
        An override: it lasts for --for, or until --until, else until the schedule's next transition; without a schedule \
        until --clear. It wins over schedule and state, not over a hold or a suspended user. `botfleet status` lists those \
        that stand; --clear takes one away, and power goes back to what the schedule or state wants.
        """

    @Argument(help: ArgumentHelp("Deployments or instances.", valueName: "name")) var names: [String]
    @Option(
        name: .customLong("for"), help: ArgumentHelp("For so long: 90s, 30m, 2h, 1d.", valueName: "span"),
        transform: PowerOptions.span)
    var span: TimeSpan?
    @Option(help: ArgumentHelp("Until then (RFC 3339, or local to the schedule's or user's zone).", valueName: "time"))
    var until: String?
    @Flag(help: "Take the override away.") var clear = false
    @OptionGroup var queue: QueueOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
        if [span != nil, until != nil, clear].count(where: { $0 }) > 1 {
            throw ValidationError("--for, --until and --clear exclude each other.")
        }
    }

    func run(_ kind: JobRequest.Kind, in context: CommandContext) async throws -> ExitCode {
        var request = JobRequest(kind, names)
        request.span = span
        request.until = until
        request.clear = clear
        return try await queue.run(request, in: context)
    }

    /// Reads `90s`, `30m`, `2h`, `1d`.
    static func span(_ text: String) throws -> TimeSpan {
        guard let span = TimeSpan(text), span.seconds > 0 else {
            throw ValidationError("'\(text)' is no length of time: 90s, 30m, 2h, 1d.")
        }
        return span
    }
}
