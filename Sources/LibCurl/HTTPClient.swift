/// An HTTP client on libcurl's multi interface: one thread of its own, bounded concurrency, connections kept and
/// shared.
///
/// HTTP/1.1; redirects are answers, not followed; certificates are verified; proxies come from the environment as for
/// the curl command (`https_proxy`, `no_proxy`). The thread ends when the last reference to the client goes.
/// Source: libcurl-multi(3).
public final class HTTPClient: Sendable {
    /// The bounds that it was made with.
    public let configuration: HTTPClientConfiguration
    private let loop: CurlLoop

    /// A client with a thread of its own.
    /// - Throws: `CurlError` of kind `other` when curl or the thread can't be started.
    public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) throws(CurlError) {
        self.configuration = configuration
        self.loop = try CurlLoop.start(configuration)
    }

    deinit { loop.close() }

    /// Sends a request and gives the whole answer, whatever its status.
    ///
    /// Requests over the client's bounds wait their turn, in order for each host. Cancelling the task ends the
    /// transfer.
    /// - Throws: `CurlError`; of kind `cancelled` when the task was.
    public func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
        let ticket = loop.newTicket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(CurlLoop.Submission(ticket: ticket, request: request, continuation: continuation))
            }
        } onCancel: {
            loop.cancel(ticket)
        }
        loop.forget(ticket)
        return try result.get()
    }

    /// Ends all transfers with an error of kind `closed` and the thread with them; later requests end the same way.
    public func close() { loop.close() }
}
