import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Runner
import Views

/// `botfleet jobs`: the queue of what was asked for with `--background`.
struct JobsCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs of the queue, the newest first; ID shows one.",
        discussion: """
            A job that fails for a reason that may pass is tried 5 times, with pauses of 10 s to 10 min; then, or where it is refused, it is \
            given up and stays in the list as failed. --retry gives it new tries.
            """)
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Option(help: ArgumentHelp("queued, running, succeeded or failed.", valueName: "outcome"))
    var outcome: Job.Outcome?
    @Option(help: ArgumentHelp("How many.", valueName: "n")) var limit: Int = 100
    @Flag(help: "Give the job of this ID, which was given up, new tries.") var retry = false
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?
    @Argument(help: ArgumentHelp("Only this one.", valueName: "id")) var id: Int64?

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is 1 to 100000.") }
        if retry, id == nil { throw ValidationError("--retry needs the ID of a job.") }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        let text = try await context.withSession(fleet: fleet, purpose: "botfleet jobs") { session, _ in
            let (store, fleetID) = (session.context.store, session.context.fleetID)
            guard let id else {
                let jobs = try await store.jobs(fleetID: fleetID, outcome: outcome, limit: limit)
                return ListView.list(jobs, as: format, in: context.list)
            }
            guard let job = try await store.job(id, fleetID: fleetID) else { throw CommandFailure.noJob(id) }
            guard retry else { return ListView.whole(job, as: format, in: context.list) }
            guard try await store.retryJob(id, fleetID: fleetID) else {
                throw CommandFailure.notGivenUp(id, outcome: job.outcome.rawValue)
            }
            return "job \(id): queued again\n"
        }
        Terminal.write(text)
        return .success
    }
}

extension Job.Outcome: ExpressibleByArgument {}
