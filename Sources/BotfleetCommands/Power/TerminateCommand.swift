import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Reconciling
import Runner

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

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        try await context.withSession(fleet: nil, purpose: "botfleet terminate") { session, _ in
            let (store, fleetID) = (session.context.store, session.context.fleetID)
            let found = try await store.deployments(fleetID: fleetID, named: names)
            try await found.requireAll(names, store, fleetID)
            let instances = found.instances(named: names).map(\.name)
            let limit = max(session.settings.guards.maxTerminations, allowTerminations ?? 0)
            guard instances.count <= limit else {
                throw ReconcileFailure.tooManyTerminations(count: instances.count, limit: limit)
            }
            let now = try await store.databaseNow()
            let termination = DeliberateTermination(session.context.power)
            var status = ExitCode.success
            for name in instances {
                do {
                    Terminal.write("\(name): \(try await termination.terminate(name, now: now))\n")
                } catch {
                    status = .failure
                    Terminal.writeError("\(name):")
                    context.fail(error)
                }
            }
            return status
        }
    }
}
