/// The bounds of an ``HTTPClient``.
public struct HTTPClientConfiguration: Hashable, Sendable {
    /// Requests in flight to one scheme, host and port; others wait their turn.
    public var maximumPerHost: Int
    /// Requests in flight in all.
    public var maximumTotal: Int
    /// For requests that name none.
    public var timeouts: HTTPTimeouts
    /// The most bytes of body to accept, for requests that name no limit.
    public var maximumResponseSize: Int
    /// A file of trusted certificates in PEM; nil trusts what the system does.
    public var trustFile: String?
    /// The `User-Agent` header.
    public var userAgent: String
    /// What debuggers and `top` call the client's thread; at most 15 bytes.
    public var threadName: String

    /// Bounds that suit AWS: 16 a host, 64 in all, 64 MiB.
    public init(
        maximumPerHost: Int = 16, maximumTotal: Int = 64, timeouts: HTTPTimeouts = HTTPTimeouts(),
        maximumResponseSize: Int = 64 << 20, trustFile: String? = nil, userAgent: String = "libcurl",
        threadName: String = "curl"
    ) {
        precondition(maximumPerHost > 0 && maximumTotal > 0, "a client that sends nothing is of no use")
        self.maximumPerHost = maximumPerHost
        self.maximumTotal = maximumTotal
        self.timeouts = timeouts
        self.maximumResponseSize = maximumResponseSize
        self.trustFile = trustFile
        self.userAgent = userAgent
        self.threadName = threadName
    }
}
