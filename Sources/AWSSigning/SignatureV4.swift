import LibCrypto

/// AWS Signature Version 4: the headers and links that prove who asks.
///
/// Pure: credentials and time are given, nothing is read. The canonical request, the string to sign and the key follow
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html; where the page is silent
/// (what is trimmed, how dots in paths count) this does what botocore does, and the tests compare the two.
public struct SignatureV4: Hashable, Sendable {
    /// `eu-west-1`.
    public var region: String
    /// The service's signing name: `ec2`, `s3`, `sts`.
    public var service: String

    /// A signer for one service in one region.
    public init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// The longest that a presigned link can be valid: seven days, in seconds.
    public static let longestExpiry = 604_800

    /// The headers to add to a request: `x-amz-date`, `authorization`, for a temporary key `x-amz-security-token`, and
    /// for S3 `x-amz-content-sha256`.
    ///
    /// The caller sends them besides the request's own headers, and `SignableRequest.target` as path and query.
    public func headers(
        for request: SignableRequest, body: [UInt8], credentials: AWSCredentials, at time: SigningTime
    ) -> [SignableRequest.Field] {
        let payload = SHA256.hex(body)
        var added = [SignableRequest.Field("x-amz-date", time.stamp)]
        if let token = credentials.sessionToken { added.append(.init("x-amz-security-token", token)) }
        if isS3 { added.append(.init("x-amz-content-sha256", payload)) }
        let signed = canonicalHeaders(request.headers + added, host: request.host)
        let signature = sign(
            canonicalRequest(request, query: request.canonicalQuery, headers: signed, payload: payload),
            secret: credentials.secretAccessKey, time: time)
        let credential = "\(credentials.accessKeyID)/\(scope(time))"
        added.append(
            .init(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(signed.names), Signature=\(signature)"))
        return added
    }

    /// Path and query of a link that anyone may use until it expires:
    /// `/bucket/key?X-Amz-Algorithm=…&X-Amz-Signature=…`.
    ///
    /// `expiresIn` is in seconds, 1 to `longestExpiry`; a link made with a temporary key ends with the key, if sooner.
    /// The request's headers are signed too, so who uses the link must send them.
    public func presignedTarget(
        for request: SignableRequest, credentials: AWSCredentials, at time: SigningTime, expiresIn: Int
    ) -> String {
        precondition((1...SignatureV4.longestExpiry).contains(expiresIn), "a presigned link lives 1 s to 7 days")
        let signed = canonicalHeaders(request.headers, host: request.host)
        var request = request
        request.query += [
            .init("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            .init("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(time))"),
            .init("X-Amz-Date", time.stamp),
            .init("X-Amz-Expires", String(expiresIn)),
            .init("X-Amz-SignedHeaders", signed.names),
        ]
        if let token = credentials.sessionToken { request.query.append(.init("X-Amz-Security-Token", token)) }
        // S3 can't know the body of a request that is yet to be made; the other services take links for GET alone.
        let payload = isS3 ? "UNSIGNED-PAYLOAD" : SHA256.hex([UInt8]())
        let signature = sign(
            canonicalRequest(request, query: request.canonicalQuery, headers: signed, payload: payload),
            secret: credentials.secretAccessKey, time: time)
        return "\(request.target)&X-Amz-Signature=\(signature)"
    }

    private var isS3: Bool { service == "s3" }

    private func scope(_ time: SigningTime) -> String { "\(time.day)/\(region)/\(service)/aws4_request" }

    private func canonicalRequest(
        _ request: SignableRequest, query: String, headers: CanonicalHeaders, payload: String
    ) -> String {
        """
        \(request.method)
        \(canonicalPath(request.path))
        \(query)
        \(headers.lines)

        \(headers.names)
        \(payload)
        """
    }

    /// S3 signs the path as it is sent; the others fold dots and double slashes and encode what is sent once more.
    private func canonicalPath(_ path: String) -> String {
        let sent = PercentEncoding.path(path)
        return isS3 ? sent : PercentEncoding.path(SignatureV4.withoutDotSegments(sent))
    }

    /// RFC 3986 section 5.2.4, and empty segments are dropped too.
    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let last = path.hasSuffix("/") && !kept.isEmpty ? "/" : ""
        return "/" + kept.joined(separator: "/") + last
    }

    private struct CanonicalHeaders {
        /// `name:value` lines without the last line's end.
        var lines: String
        /// The names, with `;` between them.
        var names: String
    }

    private func canonicalHeaders(_ fields: [SignableRequest.Field], host: String) -> CanonicalHeaders {
        var values: [String: [String]] = ["host": [host]]
        for field in fields {
            values[field.name.lowercased(), default: []].append(SignatureV4.trimmed(field.value))
        }
        let names = values.keys.sorted()
        return CanonicalHeaders(
            lines: names.map { "\($0):\(values[$0, default: []].joined(separator: ","))" }.joined(separator: "\n"),
            names: names.joined(separator: ";"))
    }

    /// White space at the ends dropped, inner runs made one space.
    private static func trimmed(_ value: String) -> String {
        value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func sign(_ canonicalRequest: String, secret: String, time: SigningTime) -> String {
        let text = "AWS4-HMAC-SHA256\n\(time.stamp)\n\(scope(time))\n\(SHA256.hex(canonicalRequest))"
        let dayKey = HMACSHA256.code(time.day, key: Array("AWS4\(secret)".utf8))
        let regionKey = HMACSHA256.code(region, key: dayKey)
        let serviceKey = HMACSHA256.code(service, key: regionKey)
        let signingKey = HMACSHA256.code("aws4_request", key: serviceKey)
        return Hexadecimal.encode(HMACSHA256.code(text, key: signingKey))
    }
}
