import AWSCloud
import AWSSigning
import FleetModel
import FleetTestSupport
import Foundation
import LibCurl
import Logging

/// Makes the AWS that a test asks.
enum TestClouds {
    static let key = AWSCredentials(accessKeyID: "test", secretAccessKey: "test")

    static let now: @Sendable () -> Instant = { Instant(seconds: Int64(Date().timeIntervalSince1970)) }

    /// Retries as usual, but with pauses of some milliseconds.
    static let quick = RetryPolicy(
        firstPause: .milliseconds(2), firstThrottlingPause: .milliseconds(4), longestPause: .milliseconds(20),
        deadline: .seconds(30))

    /// The AWS at an endpoint.
    static func at(
        _ endpoint: String, retry: RetryPolicy = quick, credentials: (any CredentialsProvider)? = nil,
        timeouts: HTTPTimeouts = HTTPTimeouts()
    ) throws -> AWS {
        AWS(
            try AWSConfiguration(
                homeRegion: "eu-west-1", endpoint: endpoint, environment: [:],
                credentials: credentials ?? FixedCredentials(key), retry: retry,
                http: HTTPClient(configuration: HTTPClientConfiguration(timeouts: timeouts)), now: now,
                logger: Logger(label: "tests")))
    }

    /// The sandbox's AWS, which all tests share.
    static func shared() async throws -> AWS { try at(try await Sandbox.shared().awsEndpoint) }
}
