import FleetModel
import FleetStore
import Reconciling
import Synchronization

/// One try of a job that was taken from the queue, and what the queue is told of it.
public struct JobRun: Sendable {
    private let context: DutyContext
    private let claim: String
    private let waits: Bool
    private let tell: @Sendable (JobProgress) -> Void
    /// Well within ``FleetStore/claimSeconds``.
    private static let renewal: Duration = .seconds(15)

    /// A run under a claim; `tell` is told what it does.
    public init(
        _ context: DutyContext, claim: String, waits: Bool = false, tell: @escaping @Sendable (JobProgress) -> Void
    ) {
        self.context = context
        self.claim = claim
        self.waits = waits
        self.tell = tell
    }

    /// Does the job and settles it: done, to be tried again after a pause, or given up. Gives how it stands then.
    public func run(_ job: Job) async throws -> Job.Outcome {
        let failures = JobFailures()
        let tell = self.tell
        let performer = JobPerformer(context, waits: waits) { progress in
            if case .failed(let subject, let error) = progress { failures.add(subject, error) }
            if case .note(let text) = progress { failures.note(text) }
            tell(progress)
        }
        let renewing = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: JobRun.renewal)
                try await context.store.renewJobs([job.id], claim: claim)
            }
        }
        var mayPass = false
        var text: String?
        do {
            if try await !performer.perform(job.request, at: job.request.at ?? job.createdAt) {
                text = failures.text ?? "a part of it failed"
                mayPass = failures.mayPass
            }
        } catch {
            text = DutyOutcome.text(error)
            mayPass = JobFailure.passes(error)
        }
        renewing.cancel()
        guard let text else {
            try await context.store.finishJob(job.id, claim: claim, outcome: .succeeded)
            return .succeeded
        }
        guard mayPass, job.attempts < Job.mostAttempts else {
            try await context.store.finishJob(job.id, claim: claim, outcome: .failed, error: text)
            return .failed
        }
        let next = try await context.store.databaseNow() + Job.pause(afterAttempt: job.attempts)
        try await context.store.finishJob(job.id, claim: claim, outcome: .queued, error: text, availableAt: next)
        return .queued
    }
}

/// What failed within a job.
private final class JobFailures: Sendable {
    private struct State {
        var texts: [String] = []
        var mayPass = true
    }

    private let state = Mutex(State())

    func add(_ subject: String, _ error: any Error) {
        state.withLock { state in
            state.texts.append("\(subject): \(DutyOutcome.text(error))")
            if !JobFailure.passes(error) { state.mayPass = false }
        }
    }

    func note(_ text: String) { state.withLock { $0.texts.append(text) } }

    /// All of it, bounded; nil where nothing was told.
    var text: String? {
        state.withLock { $0.texts.isEmpty ? nil : $0.texts.prefix(20).joined(separator: "; ") }
    }

    /// Whether each failure may be over at the next try.
    var mayPass: Bool { state.withLock { $0.mayPass } }
}

extension JobRun {
    /// Does what is due in the queue, one job after another, as long as there is more and the time for it lasts.
    public static func drain(
        _ context: DutyContext, claim: String, tell: @escaping @Sendable (JobProgress) -> Void
    ) async throws {
        let deadline = ContinuousClock.now + JobRun.patience
        while ContinuousClock.now < deadline {
            let taken = try await context.store.claimJobs(
                fleetID: context.fleetID, now: try await context.store.databaseNow(),
                holding: await context.keeper.heldNames.sorted(), claim: claim, limit: 1)
            guard let job = taken.first else { return }
            _ = try await JobRun(context, claim: claim, tell: tell).run(job)
        }
    }

    /// For how long jobs are begun where nobody stays to do them.
    private static let patience: Duration = .seconds(45)
}
