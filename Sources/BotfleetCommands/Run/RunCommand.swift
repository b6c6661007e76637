import ArgumentParser
import FleetModel
import FleetStore
import Foundation
import Runner

/// `botfleet run`: the runner, which does the duties of a fleet on time.
struct RunCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the duties of a fleet on time: scheduled starts and stops above all.",
        discussion: """
            Needs BOTFLEET_DATABASE_URL and AWS credentials, no files. Any number of runners may run on one database: \
            they share the regions out, and when one dies the others go on within 30 s. SIGTERM ends what is in \
            flight first. HTTP on --listen: /healthz (with /healthz/live and /healthz/ready) and /metrics.
            """)
    static let defaultLogLevel = LogLevel.info

    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?
    @Option(
        help: ArgumentHelp(
            "Where to answer HTTP; another machine's reach needs \(RunnerListener.tokenVariable).",
            valueName: "host:port"))
    var listen: String = "127.0.0.1:8080"

    func run(in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        let listener = try RunnerListener(address: listen, token: context.environment[RunnerListener.tokenVariable])
        let database = try DatabaseConfiguration.from(
            settings: context.settings?.database, environment: context.environment, folder: context.folder)
        let stop = StopRequest("Draining: what is in flight ends first. Again to end at once.")
        stop.listen()
        let runner = Runner(
            RunnerOptions(
                fleet: fleet ?? context.settings?.name, listener: listener, database: database,
                environment: context.environment, folder: context.folder, zones: context.zones, logger: context.logger,
                isStopped: { stop.isAskedFor }))
        try await runner.run()
        return .success
    }
}
