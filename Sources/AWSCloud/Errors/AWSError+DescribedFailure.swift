import Diagnostics
import LibCurl

extension AWSError: DescribedFailure {
    /// `EC2 RunInstances in eu-west-1 failed: InsufficientInstanceCapacity: We currently do not have … [request 1234]`.
    public var summary: String {
        var text = "\(service.uppercased()) \(operation)\(region.isEmpty ? "" : " in \(region)") failed: \(code)"
        let words = shortMessage
        if !words.isEmpty, words != code.rawValue { text += ": \(words)" }
        if attempts > 1 { text += " (\(attempts) attempts)" }
        if let requestID { text += " [request \(requestID)]" }
        return text
    }

    /// What to do about it.
    public var hint: String? {
        if let transport { return hint(for: transport) }
        if isUnauthorized {
            return "the credentials lack \(service):\(iamAction), see 'botfleet iam-policy'"
        }
        if isClockSkew { return "set this machine's clock, AWS allows it a few minutes of error" }
        if code == .noCredentials {
            return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with ~/.aws/credentials"
        }
        if code == .badCredentials { return nil }
        if isCredentials {
            return code.rawValue.hasPrefix("Expired")
                ? "the credentials have expired, get new ones"
                : "check the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        }
        if code == .optInRequired {
            return "enable the region \(region) for this account, or leave it out of fleet/regions.yaml"
        }
        if isCapacity { return "list more instance types or subnets, so that another can be tried" }
        if isQuota { return "ask AWS for a higher quota in \(region), or lower the region's limit" }
        if isThrottling { return "AWS asks for fewer requests, try again in a minute or with a lower --parallelism" }
        if code == .noSuchBucket { return "create the bucket, or correct aws.bucket in fleet/fleet.yaml" }
        if code == "PermanentRedirect" || code == "AuthorizationHeaderMalformed"
            || code == "IllegalLocationConstraintException"
        {
            return "the bucket is in another region, correct aws.region in fleet/fleet.yaml"
        }
        return nil
    }

    private func hint(for transport: CurlError) -> String? {
        let asked = transport.origin
        switch transport.kind {
        case .refused: return "nothing answers at \(asked): is AWS_ENDPOINT_URL right, and is it up?"
        case .nameLookup: return "\(asked) has no address: check the region's name, AWS_ENDPOINT_URL and the network"
        case .tls: return "\(asked) is not trusted: check the proxy, or set AWS_CA_BUNDLE"
        case .timeout: return "\(asked) did not answer in time: check the network, then try again"
        case .badAnswer: return "\(asked) does not speak HTTP: is AWS_ENDPOINT_URL right?"
        case .connectionLost, .tooLarge, .malformedRequest, .cancelled, .closed, .other: return nil
        }
    }

    /// The IAM action's name where it is not the operation's.
    private var iamAction: String {
        switch operation {
        case "HeadObject": "GetObject"
        case "HeadBucket", "ListObjectsV2": "ListBucket"
        default: operation
        }
    }

    /// The message on one line, without the encoded authorization context, which is long and means nothing to people.
    private var shortMessage: String {
        let marker = "Encoded authorization failure message"
        let words = message.firstRange(of: marker).map { String(message[..<$0.lowerBound]) } ?? message
        let line = words.split(whereSeparator: \.isNewline).joined(separator: " ")
        let cut = line.count > 500 ? "\(line.prefix(500))…" : line
        return String(cut.reversed().drop { $0 == "." || $0 == " " }.reversed())
    }
}
