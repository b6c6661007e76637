import Foundation
import Glibc
import Synchronization

/// A process that a test started: in a process group of its own, its outputs drained by a thread of its own.
///
/// Foundation's `Process` waits on a run loop, leaks descriptors into children and cannot end a whole group; tests
/// that kill what they run at random moments need all three to be otherwise. Nothing here can hang: the thread ends
/// when the process has ended, and a process lives no longer than its deadline.
public final class RunningProcess: Sendable {
    /// The process's id, which is its group's as well.
    public let id: pid_t
    /// The program and its arguments.
    public let command: [String]

    private struct State {
        var standardOutput = Data()
        var standardError = Data()
        var status: Int32?
        var outlivedDeadline = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Starts a program.
    ///
    /// `command` is the program, looked up in the PATH of `environment` where it has no slash, and its arguments.
    /// `environment` is all that the process gets; nil passes this process's own on. `lifetime` is how long it may run
    /// before its group is killed. Throws `CommandFailure` where it cannot be started.
    public init(
        _ command: [String], environment: [String: String]? = nil, in folder: URL? = nil, stdin: Data = Data(),
        lifetime: Duration = .seconds(300)
    ) throws {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let pipes = try ChildPipes(command: command)
        self.command = command
        do {
            id = try spawn(command, environment: environment, in: folder, pipes: pipes)
        } catch {
            pipes.closeAll()
            throw error
        }
        pipes.closeChildEnds()
        let deadline = ContinuousClock.now + lifetime
        let drainer = Thread { self.drain(pipes, stdin: stdin, deadline: deadline) }
        drainer.name = "drain \(id)"
        drainer.start()
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { state.withLock { $0.status == nil } }

    /// What it has written to standard output until now, as text.
    public var outputSoFar: String {
        String(decoding: state.withLock { $0.standardOutput }, as: UTF8.self)
    }

    /// What it has written to standard error until now, as text.
    public var errorsSoFar: String {
        String(decoding: state.withLock { $0.standardError }, as: UTF8.self)
    }

    /// Sends a signal to the process alone; nothing where it has ended.
    public func send(_ signal: Int32) {
        // Under the lock the drainer cannot reap it, so the id cannot be another process's by now.
        state.withLock { if $0.status == nil { _ = Glibc.kill(id, signal) } }
    }

    /// Sends a signal to the process and all that it started in its group; nothing where the process has ended.
    public func sendToGroup(_ signal: Int32) {
        state.withLock { if $0.status == nil { _ = Glibc.kill(-id, signal) } }
    }

    /// Kills the process and its group (SIGKILL), and waits until it is gone.
    public func kill() async {
        sendToGroup(SIGKILL)
        await ended()
    }

    /// Waits until it has ended; throws where its deadline ended it.
    @discardableResult
    public func wait() async throws -> CommandResult {
        await ended()
        return try state.withLock { state in
            if state.outlivedDeadline {
                let said = String(decoding: state.standardError.suffix(2_000), as: UTF8.self)
                throw CommandFailure(command: command, problem: "did not end in time and was killed; it said: \(said)")
            }
            return CommandResult(
                status: state.status ?? -1, standardOutput: state.standardOutput, standardError: state.standardError)
        }
    }

    private func ended() async {
        await withCheckedContinuation { continuation in
            let over = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status != nil
            }
            if over { continuation.resume() }
        }
    }

    /// Feeds stdin and reads both outputs until they are at their end and the process is, or the deadline is.
    private func drain(_ pipes: ChildPipes, stdin: Data, deadline: ContinuousClock.Instant) {
        var pipes = pipes
        var unsent = stdin
        var goneSince: ContinuousClock.Instant?
        while true {
            pipes.exchange(&unsent, timeout: pipes.areDone ? 5 : 20) { stream, bytes in
                state.withLock { state in
                    switch stream {
                    case .output: state.standardOutput.append(bytes)
                    case .error: state.standardError.append(bytes)
                    }
                }
            }
            let now = ContinuousClock.now
            if goneSince == nil, hasExited() { goneSince = now }
            // A grandchild may hold a pipe open for ever; half a second after the process nobody waits for it.
            if let gone = goneSince, pipes.areDone || gone + .milliseconds(500) < now { break }
            if goneSince == nil, now > deadline {
                state.withLock { $0.outlivedDeadline = true }
                _ = Glibc.kill(-id, SIGKILL)
            }
        }
        pipes.closeAll()
        let waiting = state.withLock { state in
            state.status = reap()
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Whether it has ended, leaving it to be reaped, so that its id stays its own.
    private func hasExited() -> Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info._sifields._sigchld.si_pid == id
    }

    private func reap() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
