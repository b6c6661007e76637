/// A whole answer, of any status: an answer of 404 or 500 is an answer, not an error.
public struct HTTPResponse: Hashable, Sendable {
    /// 200…599; answers of 1xx are passed over.
    public var status: Int
    /// In the order they came; `headers["etag"]` finds one.
    public var headers: [HTTPHeader]
    /// All of it, as it came.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
