import LibCurl

/// Reads what AWS says in an answer that is not a success.
///
/// Three shapes are known: EC2's `<Response><Errors><Error>`, STS's `<ErrorResponse><Error>` and S3's `<Error>`; of
/// each the first `Code`, `Message` and `RequestId` count. An answer in another shape (a proxy's page) is kept, cut
/// short.
enum AWSAnswerError {
    /// The most of an unknown answer that is kept, in characters.
    private static let keptCharacters = 300

    static func error(of response: HTTPResponse, _ call: AWSCall) -> AWSError {
        let tree = response.body.isEmpty ? nil : XMLTree.read(response.body)
        var error = call.error(
            AWSErrorCode(rawValue: tree?.first("Code")?.text ?? code(forStatus: response.status)),
            tree?.first("Message")?.text ?? text(of: response))
        error.requestID =
            tree?.first("RequestID")?.text ?? tree?.first("RequestId")?.text
            ?? response.headers["x-amz-request-id"] ?? response.headers["x-amzn-requestid"]
        error.status = response.status
        error.attempts = 1
        // AWS refuses before it acts; only a fault in the midst of it leaves the outcome open.
        error.mayHaveTakenEffect = response.status >= 500 && !error.isThrottling && !error.isCapacity
        return error
    }

    /// What stands for a code where an answer has none: HEAD has no body, proxies have their own.
    private static func code(forStatus status: Int) -> String {
        switch status {
        case 301, 307: "PermanentRedirect"
        case 400: "BadRequest"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 412: "PreconditionFailed"
        case 429: "TooManyRequestsException"
        case 503: "ServiceUnavailable"
        default: "HTTP\(status)"
        }
    }

    private static func text(of response: HTTPResponse) -> String {
        let body = String(decoding: response.body.prefix(keptCharacters * 4), as: UTF8.self)
        let line = body.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !line.isEmpty else { return "HTTP status \(response.status)" }
        return "HTTP status \(response.status): \(line.prefix(keptCharacters))\(line.count > keptCharacters ? "…" : "")"
    }
}
