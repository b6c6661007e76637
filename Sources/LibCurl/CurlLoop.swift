internal import CLibcurl
import Glibc
import Synchronization

/// The thread that owns a multi handle: it starts what fits the bounds, lets curl work, and hands out the results.
///
/// Callers leave submissions and cancellations in `inbox` and wake the thread; everything else is touched by the thread
/// alone, which is why the class may call itself Sendable. Source: curl_multi_poll(3), curl_multi_wakeup(3).
final class CurlLoop: @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, CurlError>

    struct Submission: Sendable {
        let ticket: UInt64
        let request: HTTPRequest
        let continuation: CheckedContinuation<Answer, Never>
    }

    private struct Inbox {
        var lastTicket: UInt64 = 0
        var submissions: [Submission] = []
        /// Kept until the caller is back and forgets its ticket: a cancellation may come before its submission.
        var cancellations: Set<UInt64> = []
        var isClosed = false
    }

    private let configuration: HTTPClientConfiguration
    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())
    // What follows belongs to the thread.
    private var queue: AdmissionQueue<Submission>
    private var active: [UnsafeMutableRawPointer: (transfer: CurlTransfer, submission: Submission)] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = []

    /// curl's global state, made once a process; curl_global_init(3) wants to be called before any other thread uses
    /// curl.
    private static let globalResult = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    static func start(_ configuration: HTTPClientConfiguration) throws(CurlError) -> CurlLoop {
        guard globalResult == CURLE_OK, let multi = curl_multi_init() else {
            throw CurlError(kind: .other, origin: "", detail: "curl can't be started", mayHaveBeenSent: false)
        }
        let loop = CurlLoop(configuration, multi)
        var thread = pthread_t()
        let held = Unmanaged.passRetained(loop)
        let failure = pthread_create(
            &thread, nil,
            { held in
                guard let held else { return nil }
                Unmanaged<CurlLoop>.fromOpaque(held).takeRetainedValue().run()
                return nil
            }, held.toOpaque())
        guard failure == 0 else {
            held.release()
            curl_multi_cleanup(multi)
            throw CurlError(
                kind: .other, origin: "", detail: "no thread for curl: error \(failure)", mayHaveBeenSent: false)
        }
        pthread_detach(thread)
        return loop
    }

    private init(_ configuration: HTTPClientConfiguration, _ multi: UnsafeMutableRawPointer) {
        self.configuration = configuration
        self.multi = multi
        self.queue = AdmissionQueue(
            maximumPerKey: configuration.maximumPerHost, maximumTotal: configuration.maximumTotal)
        _ = shim_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumTotal)
    }

    // MARK: called from any thread

    func newTicket() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastTicket += 1
            return inbox.lastTicket
        }
    }

    func submit(_ submission: Submission) {
        let isClosed = inbox.withLock { inbox in
            if inbox.isClosed { return true }
            inbox.submissions.append(submission)
            wake()
            return false
        }
        if isClosed { submission.fail(.closed, "the client is closed") }
    }

    func cancel(_ ticket: UInt64) {
        inbox.withLock { inbox in
            inbox.cancellations.insert(ticket)
            if !inbox.isClosed { wake() }
        }
    }

    func forget(_ ticket: UInt64) {
        inbox.withLock { inbox in _ = inbox.cancellations.remove(ticket) }
    }

    func close() {
        inbox.withLock { inbox in
            guard !inbox.isClosed else { return }
            inbox.isClosed = true
            wake()
        }
    }

    /// Only while `inbox` is locked and open: the thread frees the handle after it saw `isClosed`.
    private func wake() { curl_multi_wakeup(multi) }

    // MARK: called by the thread alone

    /// How long the thread sleeps when nothing is in flight; what is submitted wakes it.
    private static let idleMilliseconds: Int32 = 60_000

    private func run() {
        blockSignals()
        while takeInbox() {
            startWaiting()
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { break }
            collectFinished()
            startWaiting()
            guard curl_multi_poll(multi, nil, 0, CurlLoop.idleMilliseconds, nil) == CURLM_OK else { break }
        }
        end()
    }

    /// Signals are for the program's own threads; a blocked SIGPIPE becomes the error EPIPE, also inside OpenSSL.
    private func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        shim_name_this_thread(configuration.threadName)
    }

    /// Queues what was submitted, ends what was cancelled; false when the client was closed.
    private func takeInbox() -> Bool {
        let (submissions, cancellations, isClosed) = inbox.withLock { inbox in
            defer { inbox.submissions = [] }
            return (inbox.submissions, inbox.cancellations, inbox.isClosed)
        }
        for submission in submissions { queue.append(submission, key: submission.request.origin) }
        if !cancellations.isEmpty { end(cancellations) }
        return !isClosed
    }

    private func end(_ tickets: Set<UInt64>) {
        for submission in queue.removeWaiting(where: { tickets.contains($0.ticket) }) {
            submission.fail(.cancelled, "the task was cancelled")
        }
        for (handle, entry) in active where tickets.contains(entry.submission.ticket) {
            let error = CurlError(
                kind: .cancelled, origin: entry.submission.request.origin, detail: "the task was cancelled",
                mayHaveBeenSent: entry.transfer.mayHaveBeenSent)
            finish(handle, entry.submission, .failure(error))
        }
    }

    private func startWaiting() {
        while let submission = queue.popAdmissible() {
            guard let handle = idleHandles.popLast() ?? curl_easy_init() else {
                queue.release(key: submission.request.origin)
                submission.fail(.other, "no memory for a transfer")
                continue
            }
            do throws(CurlError) {
                let transfer = try CurlTransfer(submission.request, configuration, handle: handle)
                active[handle] = (transfer, submission)
                guard curl_multi_add_handle(multi, handle) == CURLM_OK else {
                    finish(
                        handle, submission,
                        .failure(
                            .init(
                                kind: .other, origin: submission.request.origin, detail: "curl refuses the transfer",
                                mayHaveBeenSent: false)))
                    continue
                }
            } catch {
                finish(handle, submission, .failure(error))
            }
        }
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let entry = active[handle]
            else { continue }
            finish(handle, entry.submission, entry.transfer.answer(to: message.pointee.data.result))
        }
    }

    /// Frees the transfer's slot, keeps its handle for the next, and tells the caller.
    private func finish(_ handle: UnsafeMutableRawPointer, _ submission: Submission, _ answer: Answer) {
        curl_multi_remove_handle(multi, handle)
        // Options first: they point into the transfer's memory.
        curl_easy_reset(handle)
        active[handle] = nil
        if idleHandles.count < configuration.maximumTotal {
            idleHandles.append(handle)
        } else {
            curl_easy_cleanup(handle)
        }
        queue.release(key: submission.request.origin)
        submission.continuation.resume(returning: answer)
    }

    private func end() {
        let late = inbox.withLock { inbox in
            inbox.isClosed = true
            defer { inbox.submissions = [] }
            return inbox.submissions
        }
        for submission in late + queue.removeWaiting(where: { _ in true }) {
            submission.fail(.closed, "the client was closed")
        }
        for (handle, entry) in active {
            let error = CurlError(
                kind: .closed, origin: entry.submission.request.origin, detail: "the client was closed",
                mayHaveBeenSent: entry.transfer.mayHaveBeenSent)
            finish(handle, entry.submission, .failure(error))
        }
        for handle in idleHandles { curl_easy_cleanup(handle) }
        curl_multi_cleanup(multi)
    }
}

extension CurlLoop.Submission {
    /// Ends a request that never reached curl.
    func fail(_ kind: CurlError.Kind, _ detail: String) {
        continuation.resume(
            returning: .failure(
                CurlError(kind: kind, origin: request.origin, detail: detail, mayHaveBeenSent: false)))
    }
}
