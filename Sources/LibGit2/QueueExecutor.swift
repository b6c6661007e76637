import Dispatch

/// Runs an actor on a queue of its own, so that calls into C which block never hold a thread of Swift's pool.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    /// Performs blocking work on the queue before there is an actor to own it.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(GitError) -> Value
    ) async throws(GitError) -> Value {
        let result: Result<Value, GitError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }
}
