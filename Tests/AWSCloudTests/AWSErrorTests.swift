import AWSCloud
import Diagnostics
import LibCurl
import Testing

@Suite struct AWSErrorTests {
    private func error(
        _ code: String, _ message: String = "Words.", operation: String = "RunInstances", service: String = "ec2",
        status: Int? = 400, attempts: Int = 1
    ) -> AWSError {
        AWSError(
            code: AWSErrorCode(rawValue: code), message: message, requestID: "1-2", service: service,
            operation: operation,
            region: "eu-west-1", status: status, attempts: attempts)
    }

    @Test(arguments: [
        "Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown", "TooManyRequestsException",
        "EC2ThrottledException",
        "RequestThrottled", "PriorRequestNotComplete", "BandwidthLimitExceeded",
    ])
    func throttlingIsKnownAndRetryable(code: String) {
        #expect(error(code).isThrottling && error(code).isRetryable && !error(code).isQuota && !error(code).isCapacity)
    }

    @Test(arguments: [
        "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientFreeAddressesInSubnet", "Unsupported",
    ])
    func lackOfCapacityIsNotRetriedInTheSamePlaceEvenWithStatus500(code: String) {
        #expect(error(code, status: 500).isCapacity && !error(code, status: 500).isRetryable)
        #expect(error(code).hint?.contains("more instance types or subnets") == true)
    }

    @Test(arguments: [
        "VcpuLimitExceeded", "InstanceLimitExceeded", "SecurityGroupLimitExceeded", "VolumeLimitExceeded",
    ])
    func quotaIsNotThrottling(code: String) {
        #expect(error(code).isQuota && !error(code).isThrottling && !error(code).isRetryable)
    }

    @Test(arguments: ["InvalidInstanceID.NotFound", "InvalidGroup.NotFound", "NoSuchKey", "NoSuchBucket", "NotFound"])
    func absenceIsKnown(code: String) {
        #expect(error(code).isNotFound && !error(code).isRetryable)
    }

    @Test func unknownCodesAreKeptAndJudgedByTheirStatus() {
        #expect(!error("Never.HeardOf").isRetryable)
        for status in [500, 502, 503, 504] { #expect(error("Never.HeardOf", status: status).isRetryable) }
        #expect(!error("Never.HeardOf", status: 501).isRetryable)
        #expect(error("Never.HeardOf", status: 429).isThrottling)
        #expect(error("Never.HeardOf", status: 404).isNotFound)
        #expect(error("Never.HeardOf").summary.contains("Never.HeardOf"))
    }

    @Test func summaryIsOneLineWithWhatWhereAndWhy() {
        #expect(
            error("InsufficientInstanceCapacity", "We do not have\nsufficient capacity.").summary
                == "EC2 RunInstances in eu-west-1 failed: InsufficientInstanceCapacity: We do not have sufficient capacity [request 1-2]"
        )
        #expect(
            error("X", attempts: 3).summary
                == "EC2 RunInstances in eu-west-1 failed: X: Words (3 attempts) [request 1-2]")
        #expect(error("X", "").summary == "EC2 RunInstances in eu-west-1 failed: X [request 1-2]")
        #expect(error("X", String(repeating: "w", count: 9_999)).summary.count < 700)
    }

    @Test func deniedActionIsNamedAndItsEncodedContextLeftOut() {
        let denied = error(
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. Encoded authorization failure message: \(String(repeating: "xY0", count: 300))"
        )
        #expect(denied.isUnauthorized)
        #expect(denied.summary.hasSuffix("You are not authorized to perform this operation [request 1-2]"))
        #expect(denied.hint == "the credentials lack ec2:RunInstances, see 'botfleet iam-policy'")
        #expect(
            error("Forbidden", operation: "HeadObject", service: "s3").hint
                == "the credentials lack s3:GetObject, see 'botfleet iam-policy'")
        #expect(
            error("AccessDenied", operation: "ListObjectsV2", service: "s3").hint
                == "the credentials lack s3:ListBucket, see 'botfleet iam-policy'")
        #expect(
            denied.description == "\(denied.summary) (the credentials lack ec2:RunInstances, see 'botfleet iam-policy')"
        )
    }

    @Test(arguments: [
        ("AuthFailure", "check the credentials"), ("InvalidClientTokenId", "check the credentials"),
        ("ExpiredToken", "have expired"),
        ("SignatureDoesNotMatch", "check the credentials"), ("no credentials", "AWS_PROFILE"),
        ("RequestTimeTooSkewed", "clock"),
        ("OptInRequired", "enable the region eu-west-1"), ("RequestLimitExceeded", "fewer requests"),
        ("VcpuLimitExceeded", "higher quota"), ("NoSuchBucket", "aws.bucket"), ("PermanentRedirect", "another region"),
    ])
    func commonFaultsHaveAHint(code: String, part: String) {
        #expect(error(code).hint?.contains(part) == true, "\(error(code).hint ?? "none")")
    }

    @Test func everyKindOfNoAnswerSaysWhatItIs() {
        for kind in CurlError.Kind.allCases {
            var failure = error("no answer", "why", status: nil)
            failure.transport = CurlError(kind: kind, origin: "http://h:1", detail: "why", mayHaveBeenSent: false)
            #expect(failure.summary == "EC2 RunInstances in eu-west-1 failed: no answer: why [request 1-2]")
            #expect(failure.isRetryable == failure.transport?.isRetryable)
            #expect(failure.isUnreachable == [.nameLookup, .refused, .tls, .timeout].contains(kind))
            if failure.isUnreachable { #expect(failure.hint?.contains("http://h:1") == true) }
        }
    }
}
