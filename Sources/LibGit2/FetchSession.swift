import CLibgit2
import Dispatch
import Glibc
import Synchronization

/// One fetch while it runs: what its callbacks need, how it is interrupted, and who waits for it.
///
/// WHY: libgit2 1.5 has no timeouts. A server that falls silent holds the thread in `recv` for ever, and no callback is
/// called there. DESIGN: when the deadline passes or the task is cancelled, the callbacks begin to refuse, and the thread
/// is sent SIGURG (whose default is to do nothing, and whose handler here does nothing) every 50 ms, so that a blocked
/// `recv` or `connect` returns EINTR and libgit2 gives up. Should the thread not come back within two seconds (libssh2
/// repeats an interrupted handshake), the waiting task is answered all the same and the thread is left behind.
final class FetchSession: Sendable {
    /// Why the fetch should end before it is done.
    enum Interruption {
        case cancelled
        case deadline
    }

    private struct State {
        var waiting: CheckedContinuation<Result<Void, GitError>, Never>?
        var interruption: Interruption?
        var thread: pthread_t?
        var isFinished = false
        var hasOffered = false
        var failure: GitError?
        var lastReport: ContinuousClock.Instant?
    }

    let url: String
    let credentials: GitCredentials
    private let deadline: Duration
    private let progress: @Sendable (FetchProgress) -> Void
    private let state = Mutex(State())

    init(
        url: String, credentials: GitCredentials, deadline: Duration,
        progress: @escaping @Sendable (FetchProgress) -> Void
    ) {
        self.url = url
        self.credentials = credentials
        self.deadline = deadline
        self.progress = progress
    }

    // MARK: Waiting

    /// Takes the task that waits, and starts the clock.
    func begin(_ continuation: CheckedContinuation<Result<Void, GitError>, Never>) {
        state.withLock { $0.waiting = continuation }
        let seconds = Double(deadline.components.seconds) + Double(deadline.components.attoseconds) / 1e18
        DispatchQueue.global().asyncAfter(deadline: .now() + max(0, seconds)) { [weak self] in
            self?.interrupt(.deadline)
        }
    }

    /// Answers the waiting task; only the first answer counts.
    func finish(_ result: Result<Void, GitError>) {
        let waiting = state.withLock { state in
            state.isFinished = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: result)
    }

    // MARK: Interruption

    /// Asks the fetch to end; does nothing when it has ended or was asked before.
    func interrupt(_ reason: Interruption) {
        let isFirst = state.withLock { state in
            guard !state.isFinished, state.interruption == nil else { return false }
            state.interruption = reason
            return true
        }
        if isFirst { nudge(remaining: 40) }
    }

    private func nudge(remaining: Int) {
        let goesOn = state.withLock { state in
            guard !state.isFinished else { return false }
            if let thread = state.thread { pthread_kill(thread, SIGURG) }
            return true
        }
        guard goesOn else { return }
        guard remaining > 0 else { return finish(.failure(interruptionError ?? silence)) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) {
            self.nudge(remaining: remaining - 1)
        }
    }

    private var silence: GitError {
        GitError("fetch", url, .deadlineExceeded, message: "the server fell silent")
    }

    /// The error that an interruption means; nil while there is none.
    var interruptionError: GitError? {
        switch state.withLock({ $0.interruption }) {
        case nil: nil
        case .cancelled: GitError("fetch", url, .cancelled, message: "cancelled")
        case .deadline:
            GitError(
                "fetch", url, .deadlineExceeded, message: "not done after \(deadline)",
                hint: "check that the server answers")
        }
    }

    /// Runs blocking calls on this thread so that an interruption reaches them.
    func interruptible<Value>(_ work: () throws(GitError) -> Value) throws(GitError) -> Value {
        SilentSignal.install()
        var unblocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&unblocked)
        sigaddset(&unblocked, SIGURG)
        // Dispatch's threads block every signal.
        pthread_sigmask(SIG_UNBLOCK, &unblocked, &before)
        state.withLock { $0.thread = pthread_self() }
        defer {
            state.withLock { $0.thread = nil }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try work()
    }

    // MARK: What callbacks found

    /// The first reason that a callback had to refuse.
    var failure: GitError? { state.withLock { $0.failure } }

    /// Remembers why a callback refuses, and gives libgit2 the code that ends the fetch.
    func refuse(_ code: GitError.Code, _ message: String, hint: String? = nil) -> CInt {
        state.withLock { state in
            if state.failure == nil {
                state.failure = GitError("fetch", url, code, message: message, hint: hint)
            }
        }
        return GIT_EUSER.rawValue
    }

    /// True the first time: credentials are offered once.
    func takeTurnToOffer() -> Bool {
        state.withLock { state in
            defer { state.hasOffered = true }
            return !state.hasOffered
        }
    }

    /// Passes progress on, ten times a second at most and once when all is there.
    func report(_ stats: git_indexer_progress) {
        let now = ContinuousClock.now
        let isComplete = stats.total_objects > 0 && stats.indexed_objects == stats.total_objects
        let isDue = state.withLock { state in
            if !isComplete, let last = state.lastReport, now - last < .milliseconds(100) { return false }
            state.lastReport = now
            return true
        }
        guard isDue else { return }
        progress(
            FetchProgress(
                receivedObjects: Int(stats.received_objects), indexedObjects: Int(stats.indexed_objects),
                totalObjects: Int(stats.total_objects), receivedBytes: Int64(stats.received_bytes)))
    }

    /// Whether callbacks must refuse.
    var isInterrupted: Bool { state.withLock { $0.interruption != nil } }
}

/// SIGURG with a handler that does nothing and does not restart system calls; left alone where another has claimed it.
private enum SilentSignal {
    static func install() { _ = installed }

    private static let installed: Bool = {
        var current = sigaction()
        guard sigaction(SIGURG, nil, &current) == 0, current.__sigaction_handler.sa_handler == nil else { return false }
        var silent = sigaction()
        silent.__sigaction_handler.sa_handler = { _ in }
        return sigaction(SIGURG, &silent, nil) == 0
    }()
}
