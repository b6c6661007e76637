import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Foundation
import Runner

/// Whether a request is done now, or by a runner through the queue.
struct QueueOptions: ParsableArguments {
    @Flag(help: "Only put it into the queue: a runner does it within seconds; botfleet jobs shows how it goes.")
    var background = false

    /// Does a request, or queues it; what can't be done is refused either way.
    func run(_ request: JobRequest, in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        return try await context.withSession(fleet: nil, purpose: "botfleet \(request.kind.rawValue)") { session, _ in
            var request = request
            request.author = "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
            let performer = JobPerformer(session.context, waits: true) { context.show($0) }
            let time = try await performer.time(of: request)
            guard background || request.kind == .restart else {
                return try await performer.perform(request, at: time) ? .success : .failure
            }
            request.at = time
            try await performer.check(request)
            return background
                ? try await enqueue(request, session) : try await claimed(request, session, context)
        }
    }

    private func enqueue(_ request: JobRequest, _ session: FleetSession) async throws -> ExitCode {
        let id = try await session.context.store.enqueue(request, fleetID: session.context.fleetID)
        Terminal.write("job \(id): \(request.kind.rawValue) \(request.names.joined(separator: " "))\n")
        return .success
    }

    /// What takes more than one step goes through the queue all the same: where this process dies, a runner goes on.
    private func claimed(
        _ request: JobRequest, _ session: FleetSession, _ context: CommandContext
    ) async throws -> ExitCode {
        let store = session.context.store
        let claim = UUID().uuidString.lowercased()
        let id = try await store.enqueue(request, fleetID: session.context.fleetID, claim: claim)
        guard let job = try await store.job(id, fleetID: session.context.fleetID) else { return .failure }
        let outcome = try await JobRun(session.context, claim: claim, waits: true) { context.show($0) }.run(job)
        if outcome == .queued { Terminal.writeError("the runner goes on with it: botfleet jobs \(id)") }
        return outcome == .succeeded ? .success : .failure
    }
}

extension CommandContext {
    /// Shows what a job tells: what was done on standard output, the rest on standard error.
    func show(_ progress: JobProgress) {
        switch progress {
        case .done(let text): Terminal.write(text + "\n")
        case .doing(let text), .note(let text): Terminal.writeError(text)
        case .failed(let subject, let error):
            Terminal.writeError("\(subject):")
            fail(error)
        }
    }
}
