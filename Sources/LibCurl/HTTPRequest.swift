/// One HTTP request, sent as it is: nothing is encoded, normalised, added or followed.
public struct HTTPRequest: Hashable, Sendable {
    /// The methods that AWS's APIs use.
    public enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// The request's method.
    public var method: Method
    /// `http://` or `https://`, percent-encoded already; dots and double slashes in its path stay.
    public var url: String
    /// Sent in this order; `Host`, `Content-Length` and `Accept` come from curl.
    public var headers: [HTTPHeader]
    /// nil sends none; an empty one sends `Content-Length: 0`. POST and PUT always send one.
    public var body: [UInt8]?
    /// Those of the client where nil.
    public var timeouts: HTTPTimeouts?
    /// The most bytes of body to accept; the client's limit where nil.
    public var maximumResponseSize: Int?
    /// Whether the server may safely get the request twice.
    ///
    /// On a kept connection that turns out to be dead curl sends a request again by itself, and the server may have got
    /// both. A request that is not repeatable goes on a fresh connection, where curl sends once.
    public var isRepeatable: Bool

    /// A request.
    public init(
        _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        timeouts: HTTPTimeouts? = nil, maximumResponseSize: Int? = nil, isRepeatable: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maximumResponseSize = maximumResponseSize
        self.isRepeatable = isRepeatable
    }

    /// Scheme, host and port: `http://127.0.0.1:5000`. User, path and query, which may hold secrets, are left out.
    public var origin: String {
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")), url[colon...].hasPrefix("://") else { return "" }
        let start = url.index(colon, offsetBy: 3)
        let ends: (Character) -> Bool = { $0 == "/" || $0 == "?" || $0 == "#" }
        let authority = url[start...].prefix { !ends($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return "\(url[..<start])\(host)".lowercased()
    }
}
