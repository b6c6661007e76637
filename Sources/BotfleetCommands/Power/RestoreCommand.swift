import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Reconciling
import Runner

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
    @Flag(help: "Only record it: the runner does it within a minute.") var background = false

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        return try await context.withSession(fleet: nil, purpose: "botfleet restore") { session, _ in
            let (store, fleetID) = (session.context.store, session.context.fleetID)
            let found = try await store.deployments(fleetID: fleetID, named: names)
            try await found.requireAll(names, store, fleetID)
            let now = try await store.databaseNow()
            let restoration = Restoration(session.context.power, book: session.context.book)
            var status = ExitCode.success
            var restoring: [String] = []
            for (deployment, name) in found.instances(named: names) {
                do {
                    let session = try await restoration.restore(name, of: deployment, now: now)
                    if session != nil { restoring.append(name) }
                    let text = background ? "to be launched by the runner" : "launching"
                    Terminal.write("\(name): \(session == nil ? "is there; nothing to restore" : text)\n")
                } catch {
                    status = .failure
                    Terminal.writeError("\(name):")
                    context.fail(error)
                }
            }
            guard !background, !restoring.isEmpty else { return status }
            let carriedOut = try await SessionWait(session).carryOut(restoring)
            return status == .success ? carriedOut : status
        }
    }
}
