import FleetModel
import LibCurl

/// Reads what AWS says in an answer that is not a success.
///
/// Three shapes of XML are known: EC2's `<Response><Errors><Error>`, STS's `<ErrorResponse><Error>` and S3's `<Error>`; of
/// each the first `Code`, `Message` and `RequestId` count; and one of JSON, `{"__type": …, "message": …}`. An answer in another shape (a proxy's page) is kept, cut
/// short.
enum AWSAnswerError {
    /// The most of an unknown answer that is kept, in characters.
    private static let keptCharacters = 300

    static func error(of response: HTTPResponse, _ call: AWSCall) -> AWSError {
        let json = JSONAnswerError.read(response.body)
        let tree = response.body.isEmpty || json != nil ? nil : XMLTree.read(response.body)
        var error = call.error(
            AWSErrorCode(rawValue: json?.code ?? tree?.first("Code")?.text ?? code(forStatus: response.status)),
            json?.message ?? tree?.first("Message")?.text ?? text(of: response))
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

/// What a service of the JSON protocol says of an error.
///
/// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
private struct JSONAnswerError {
    var code: String
    var message: String?

    /// nil for a body that is no such object.
    static func read(_ body: [UInt8]) -> JSONAnswerError? {
        guard body.first == UInt8(ascii: "{"),
            // Whatever else it is, it is another shape.
            let value = try? CanonicalJSON.decode(JSONValue.self, from: String(decoding: body, as: UTF8.self)),
            let type = value["__type"]?.text
        else { return nil }
        // `com.amazonaws.service#Name:http://…`
        let name = type.split(separator: "#").last.map(String.init) ?? type
        return JSONAnswerError(
            code: name.split(separator: ":").first.map(String.init) ?? name,
            message: value["message"]?.text ?? value["Message"]?.text)
    }
}
