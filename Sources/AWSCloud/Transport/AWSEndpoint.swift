/// Where a service is asked: one endpoint for all of them (a stand-in for AWS), or AWS's own hosts.
struct AWSEndpoint: Hashable, Sendable {
    /// Scheme, host and port of a stand-in, by service; the key "" is for every service.
    private var custom: [String: Origin] = [:]

    struct Origin: Hashable, Sendable {
        var scheme: String
        /// Host, with the port where one was written.
        var authority: String

        var text: String { "\(scheme)://\(authority)" }
    }

    /// A text that is no endpoint.
    struct Malformed: Error {
        var source: String
        var text: String
    }

    /// `AWS_ENDPOINT_URL_EC2`, `_S3`, `_STS` and `_SERVICE_QUOTAS` win over `AWS_ENDPOINT_URL`, which wins over `configured`, as in AWS's
    /// SDKs.
    init(configured: String?, environment: [String: String]) throws(Malformed) {
        let sources = [
            ("", "aws.endpoint", configured), ("", "AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"]),
            ("ec2", "AWS_ENDPOINT_URL_EC2", environment["AWS_ENDPOINT_URL_EC2"]),
            ("s3", "AWS_ENDPOINT_URL_S3", environment["AWS_ENDPOINT_URL_S3"]),
            ("sts", "AWS_ENDPOINT_URL_STS", environment["AWS_ENDPOINT_URL_STS"]),
            ("servicequotas", "AWS_ENDPOINT_URL_SERVICE_QUOTAS", environment["AWS_ENDPOINT_URL_SERVICE_QUOTAS"]),
        ]
        for (service, source, text) in sources {
            guard let text, !text.isEmpty else { continue }
            guard let origin = AWSEndpoint.origin(of: text) else { throw Malformed(source: source, text: text) }
            custom[service] = origin
        }
    }

    /// Where `service` answers in `region`.
    func origin(service: String, region: String) -> Origin {
        custom[service] ?? custom[""]
            ?? Origin(scheme: "https", authority: "\(service).\(region).\(AWSEndpoint.domain(of: region))")
    }

    /// Where a bucket is and the path its keys begin with.
    ///
    /// With AWS's own hosts the bucket is part of the name, unless it has dots, which no certificate of AWS covers; a
    /// stand-in has one name, so the bucket is the first part of the path.
    func bucket(_ bucket: String, region: String) -> (origin: Origin, prefix: String) {
        let origin = origin(service: "s3", region: region)
        if custom["s3"] != nil || custom[""] != nil || bucket.contains(".") { return (origin, "/\(bucket)") }
        return (Origin(scheme: origin.scheme, authority: "\(bucket).\(origin.authority)"), "")
    }

    /// Whether a text may be the region in a host name and a signature.
    static func isRegion(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// The domain of a region's partition.
    private static func domain(of region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }

    /// `http://` or `https://`, a host, perhaps a port and one slash; nothing else.
    private static func origin(of text: String) -> Origin? {
        let schemes = ["https", "http"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix("\($0)://") }) else { return nil }
        var authority = text.dropFirst(scheme.count + 3)
        if authority.last == "/" { authority = authority.dropLast() }
        let allowed: (UInt8) -> Bool = {
            switch $0 {
            case 97...122, 65...90, 48...57: true
            default: "-._:[]".utf8.contains($0)
            }
        }
        guard !authority.isEmpty, authority.utf8.allSatisfy(allowed) else { return nil }
        return Origin(scheme: scheme, authority: String(authority))
    }
}
