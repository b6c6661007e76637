import AWSSigning
import LibCurl

/// One call of one service, before it has credentials, a time or a place to go.
struct AWSCall: Sendable {
    /// Whether the same call may be carried out twice.
    enum Repeatability: Hashable, Sendable {
        /// Twice does what once does.
        case always
        /// Twice does what once does, but the second time it is refused with one of these codes.
        case refusedAs(Set<AWSErrorCode>)
        /// Twice would do two things: it is tried again only where nothing can have been done.
        case never
    }

    var service: String
    var operation: String
    var region: String
    var method: HTTPRequest.Method
    /// The bucket of an S3 call; it decides the host.
    var bucket: String?
    /// Not encoded; after the bucket's prefix.
    var path = "/"
    var query: [SignableRequest.Field] = []
    var headers: [SignableRequest.Field] = []
    var body: [UInt8]?
    var repeatability = Repeatability.always
    /// The most bytes of an answer.
    var maximumResponseSize = 64 << 20

    var isRepeatable: Bool { repeatability != .never }

    /// The codes by which a repetition says that the first time had worked.
    var codesOfSuccess: Set<AWSErrorCode> {
        switch repeatability {
        case .refusedAs(let codes): codes
        case .always, .never: []
        }
    }

    /// An error of this call.
    func error(_ code: AWSErrorCode, _ message: String, attempts: Int = 0) -> AWSError {
        AWSError(
            code: code, message: message, service: service, operation: operation, region: region, attempts: attempts)
    }
}
