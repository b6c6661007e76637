import AWSSigning
import FleetModel
import Logging
import Testing

@testable import AWSCloud

@Suite struct AWSEndpointTests {
    private func endpoint(_ configured: String? = nil, _ environment: [String: String] = [:]) throws -> AWSEndpoint {
        try AWSEndpoint(configured: configured, environment: environment)
    }

    @Test func realServicesHaveTheirRegionalHosts() throws {
        let endpoint = try endpoint()
        #expect(endpoint.origin(service: "ec2", region: "eu-west-1").text == "https://ec2.eu-west-1.amazonaws.com")
        #expect(
            endpoint.origin(service: "sts", region: "us-gov-west-1").text == "https://sts.us-gov-west-1.amazonaws.com")
        #expect(endpoint.origin(service: "s3", region: "cn-north-1").text == "https://s3.cn-north-1.amazonaws.com.cn")
    }

    @Test func realBucketIsPartOfTheHostUnlessItHasDots() throws {
        let plain = try endpoint().bucket("acme-bots", region: "eu-west-1")
        #expect(plain.origin.text == "https://acme-bots.s3.eu-west-1.amazonaws.com" && plain.prefix == "")
        let dotted = try endpoint().bucket("acme.bots", region: "eu-west-1")
        #expect(dotted.origin.text == "https://s3.eu-west-1.amazonaws.com" && dotted.prefix == "/acme.bots")
    }

    @Test func standInTakesBucketsInThePath() throws {
        let bucket = try endpoint("http://127.0.0.1:5000/").bucket("acme-bots", region: "eu-west-1")
        #expect(bucket.origin.text == "http://127.0.0.1:5000" && bucket.prefix == "/acme-bots")
    }

    @Test func variablesWinOverTheFileAndTheServicesOwnOverAll() throws {
        let endpoint = try endpoint(
            "http://file:1", ["AWS_ENDPOINT_URL": "https://all:2", "AWS_ENDPOINT_URL_S3": "http://[::1]:3"])
        #expect(endpoint.origin(service: "ec2", region: "r").text == "https://all:2")
        #expect(endpoint.origin(service: "s3", region: "r").text == "http://[::1]:3")
        #expect(endpoint.bucket("b", region: "r").prefix == "/b")
        #expect(
            try self.endpoint("http://file:1", ["AWS_ENDPOINT_URL": ""]).origin(service: "ec2", region: "r").text
                == "http://file:1")
    }

    @Test(arguments: [
        "localhost:5000", "ftp://x", "http://", "http://a/b", "http://a?b", "http://a@b", "http://a b", "https:///",
    ])
    func textThatIsNoEndpointIsSaidWithItsSource(text: String) {
        let error = #expect(throws: AWSError.self) {
            try AWSConfiguration(
                homeRegion: "eu-west-1", environment: ["AWS_ENDPOINT_URL": text], now: { Instant(seconds: 0) },
                logger: Logger(label: "t"))
        }
        #expect(error?.code == .badConfiguration)
        #expect(error?.message == "AWS_ENDPOINT_URL is '\(text)', not http:// or https:// with a host and a port")
    }

    @Test func presignedLinkOfARealBucketNamesItInTheHost() async throws {
        let aws = AWS(
            try AWSConfiguration(
                homeRegion: "eu-west-1", environment: [:],
                credentials: FixedCredentials(AWSCredentials(accessKeyID: "A", secretAccessKey: "s")),
                now: { Instant(seconds: 0) }, logger: Logger(label: "t")))
        let link = try await aws.s3().presignedGet(
            bucket: "acme-bots", key: "/a//b ü", expires: .seconds(60), at: Instant(seconds: 1_369_353_600))
        #expect(link.hasPrefix("https://acme-bots.s3.eu-west-1.amazonaws.com//a//b%20%C3%BC?X-Amz-Algorithm="))
        #expect(link.contains("&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&"))
    }
}
