/// The door to AWS: one client of each service for each region, over one HTTP client and one set of retry budgets.
public struct AWS: Sendable {
    private let transport: AWSTransport
    private let homeRegion: String

    /// A door as configured; nothing is asked of AWS yet.
    public init(_ configuration: AWSConfiguration) {
        transport = AWSTransport(configuration)
        homeRegion = configuration.homeRegion
    }

    /// What was sent so far.
    public var requests: RequestCounter { transport.requests }

    /// EC2 in a region.
    public func ec2(region: String) -> EC2 { EC2(transport: transport, region: region) }

    /// S3 in a region; nil is the home region.
    public func s3(region: String? = nil) -> S3 { S3(transport: transport, region: region ?? homeRegion) }

    /// STS in a region; nil is the home region.
    public func sts(region: String? = nil) -> STS { STS(transport: transport, region: region ?? homeRegion) }

    /// Service Quotas in a region.
    public func quotas(region: String) -> ServiceQuotas { ServiceQuotas(transport: transport, region: region) }
}
