import FleetModel
import LibCurl
import Logging

/// All that the AWS side of botfleet needs to know, read once at start.
public struct AWSConfiguration: Sendable {
    /// The region of the bucket and of STS.
    public var homeRegion: String
    /// Whom calls are signed as.
    public var credentials: any CredentialsProvider
    /// When failed calls are tried again.
    public var retry: RetryPolicy
    /// The time that signatures carry.
    public var now: @Sendable () -> Instant
    /// What pauses are measured by.
    public var clock: any Clock<Duration>
    /// Told of retries, never of secrets.
    public var logger: Logger
    /// What sends the requests.
    public var http: HTTPClient
    var endpoint: AWSEndpoint

    /// `environment` is the process's: endpoint, trust file (`AWS_CA_BUNDLE`) and the default credential chain come
    /// from it.
    /// `endpoint` is `aws.endpoint` of fleet.yaml, which `AWS_ENDPOINT_URL` wins over. `http` is a client to share; nil
    /// makes one.
    /// - Throws: `AWSError` where an endpoint is not `http://` or `https://` with a host, or curl can't be started.
    public init(
        homeRegion: String, endpoint: String? = nil, environment: [String: String],
        credentials: (any CredentialsProvider)? = nil, retry: RetryPolicy = .standard, http: HTTPClient? = nil,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Instant, logger: Logger
    ) throws(AWSError) {
        self.homeRegion = homeRegion
        self.credentials = credentials ?? CredentialChain(environment: environment)
        self.retry = retry
        self.now = now
        self.clock = clock
        self.logger = logger
        do throws(AWSEndpoint.Malformed) {
            self.endpoint = try AWSEndpoint(configured: endpoint, environment: environment)
        } catch {
            throw AWSConfiguration.failure(
                .badConfiguration, "\(error.source) is '\(error.text)', not http:// or https:// with a host and a port")
        }
        do throws(CurlError) {
            let trustFile = environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
            let settings = HTTPClientConfiguration(trustFile: trustFile, userAgent: "botfleet")
            if let http { self.http = http } else { self.http = try HTTPClient(configuration: settings) }
        } catch {
            throw AWSConfiguration.failure(.badConfiguration, error.detail)
        }
    }

    private static func failure(_ code: AWSErrorCode, _ message: String) -> AWSError {
        AWSError(code: code, message: message, service: "aws", operation: "setup", region: "", attempts: 0)
    }
}
