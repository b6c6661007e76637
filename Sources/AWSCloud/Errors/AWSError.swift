import LibCurl

/// A call of AWS that failed: by AWS's answer, by no answer, or before it was sent.
public struct AWSError: Error, Hashable, Sendable {
    /// What went wrong, in one word.
    public var code: AWSErrorCode
    /// AWS's own words, or ours where no answer came.
    public var message: String
    /// What AWS's support asks for.
    public var requestID: String?
    /// `ec2`, `s3`, `sts`.
    public var service: String
    /// `RunInstances`, `PutObject`, …
    public var operation: String
    /// AWS's name of the region.
    public var region: String
    /// HTTP's status; nil where no answer came.
    public var status: Int?
    /// Why no answer came; nil where one did.
    public var transport: CurlError?
    /// How often the request was sent, or tried to be; 0 where it failed before that.
    public var attempts: Int
    /// Whether any attempt may have been carried out although this error came: a timeout, a half answer, a 5xx.
    public var mayHaveTakenEffect: Bool

    /// An error of one call.
    public init(
        code: AWSErrorCode, message: String, requestID: String? = nil, service: String, operation: String,
        region: String, status: Int? = nil, transport: CurlError? = nil, attempts: Int = 1,
        mayHaveTakenEffect: Bool = false
    ) {
        self.code = code
        self.message = message
        self.requestID = requestID
        self.service = service
        self.operation = operation
        self.region = region
        self.status = status
        self.transport = transport
        self.attempts = attempts
        self.mayHaveTakenEffect = mayHaveTakenEffect
    }
}

extension AWSError {
    /// Whether AWS asked for fewer requests.
    public var isThrottling: Bool { AWSError.throttling.contains(code.rawValue) || status == 429 }

    /// Whether the same request may work a moment later. Whether repeating it is safe is another question.
    public var isRetryable: Bool {
        if let transport { return transport.isRetryable }
        // EC2 answers 500 where it has no machine left; the next moment has none either, another type or subnet may.
        if isCapacity || isQuota { return false }
        if isThrottling || AWSError.transient.contains(code.rawValue) { return true }
        return status.map { [500, 502, 503, 504].contains($0) } ?? false
    }

    /// Whether what was named does not exist, or not yet: EC2 says so for some time after a creation.
    public var isNotFound: Bool {
        code.rawValue.hasSuffix(".NotFound") || AWSError.notFound.contains(code.rawValue)
            || (status == 404 && transport == nil)
    }

    /// Whether AWS has no room for this instance type in this place now; another type or subnet may do.
    public var isCapacity: Bool {
        code.rawValue.hasPrefix("Insufficient") || code == .unsupported
    }

    /// Whether a quota of the account is used up.
    public var isQuota: Bool {
        code.rawValue.hasSuffix("LimitExceeded") && !AWSError.throttling.contains(code.rawValue)
    }

    /// Whether the credentials are good but may not do this.
    public var isUnauthorized: Bool {
        ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "Forbidden"].contains(code.rawValue)
    }

    /// Whether the credentials are missing, wrong or expired.
    public var isCredentials: Bool { AWSError.credentials.contains(code.rawValue) }

    /// Whether no connection was had: nobody there, no name, no trust, or no answer in time.
    public var isUnreachable: Bool {
        guard let transport else { return false }
        switch transport.kind {
        case .nameLookup, .refused, .tls, .timeout: return true
        case .connectionLost, .tooLarge, .badAnswer, .malformedRequest, .cancelled, .closed, .other: return false
        }
    }

    /// Whether what should be made is there already.
    public var isDuplicate: Bool { code.rawValue.hasSuffix(".Duplicate") || code == .preconditionFailed }

    /// Whether AWS's clock and this machine's are too far apart.
    public var isClockSkew: Bool {
        ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"].contains(code.rawValue)
    }

    /// As botocore's standard retry mode counts them.
    private static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
        "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException",
    ]
    private static let transient: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "ServiceUnavailable",
        "Unavailable", "IDPCommunicationError", "OperationAborted",
    ]
    private static let notFound: Set<String> = [
        "NoSuchKey", "NoSuchBucket", "NoSuchEntity", "NotFound", "NoSuchResourceException",
    ]
    private static let credentials: Set<String> = [
        AWSErrorCode.noCredentials.rawValue, AWSErrorCode.badCredentials.rawValue, "AuthFailure",
        "InvalidClientTokenId",
        "InvalidAccessKeyId", "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken",
        "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "UnrecognizedClientException",
    ]
}
