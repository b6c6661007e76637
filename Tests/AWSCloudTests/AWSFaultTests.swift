import AWSCloud
import FleetModel
import FleetTestSupport
import LibCurl
import Testing

/// What no moto does: silence, resets, garbage, throttling.
@Suite struct AWSFaultTests {
    private static let throttled = """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors>\
        <RequestID>r-1</RequestID></Response>
        """
    private static let page = """
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>
        """
    private static let launched = """
        <RunInstancesResponse><instancesSet><item><instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><code>0</code>\
        <name>pending</name></instanceState><instanceType>t3.micro</instanceType></item></instancesSet></RunInstancesResponse>
        """

    private static func fault(_ code: String, _ message: String = "m") -> String {
        "<Response><Errors><Error><Code>\(code)</Code><Message>\(message)</Message></Error></Errors><RequestID>r-2</RequestID></Response>"
    }

    private func launch(token: String) -> RunInstancesRequest {
        RunInstancesRequest(
            imageID: "ami-1", instanceType: "t3.micro", rootDeviceName: "/dev/xvda", rootVolumeGB: 8, clientToken: token
        )
    }

    private func error(_ body: () async throws -> Void) async throws -> AWSError {
        try #require(await #expect(throws: AWSError.self) { try await body() })
    }

    @Test func throttledCallWorksInTheEndAndIsCounted() async throws {
        let server = try ScriptedServer { _, number in
            [number < 3 ? .answer(503, Self.throttled) : .answer(200, Self.page)]
        }
        let cloud = try TestClouds.at(server.url)
        #expect(try await cloud.ec2(region: "eu-west-1").instances().isEmpty)
        #expect(server.requests.count == 4)
        #expect(cloud.requests.count(service: "ec2", action: "DescribeInstances") == 4)
        #expect(cloud.requests.total == 4 && cloud.requests.counts.count == 1)
        cloud.requests.reset()
        #expect(cloud.requests.total == 0)
    }

    @Test func everyAttemptIsTheSameBytesAndFreshlySigned() async throws {
        let server = try ScriptedServer { _, number in [number < 2 ? .answer(500, "") : .answer(200, Self.launched)] }
        let request = launch(token: "token-1")
        let instance = try await TestClouds.at(server.url).ec2(region: "eu-west-1").runInstances(request)
        #expect(instance.instanceID == "i-1" && instance.state == .launching)
        #expect(server.requests.map(\.text) == Array(repeating: request.formBody, count: 3))
        #expect(
            server.requests.allSatisfy { $0.headers["authorization"]?.contains("/eu-west-1/ec2/aws4_request") == true })
    }

    @Test func launchWithoutATokenIsSentOnceWhateverHappens() async throws {
        for steps in [
            [ScriptedServer.Step.answer(500, "")], [.reset],
            [.bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), .close],
        ] {
            let server = try ScriptedServer { _, _ in steps }
            let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
            let error = try await error { _ = try await ec2.runInstances(launch(token: "")) }
            #expect(server.requests.count == 1)
            #expect(error.mayHaveTakenEffect && error.attempts == 1)
        }
        // A refusal by throttling is no launch, so it is tried again.
        let server = try ScriptedServer { _, number in
            [number == 0 ? .answer(503, Self.throttled) : .answer(200, Self.launched)]
        }
        _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").runInstances(launch(token: ""))
        #expect(server.requests.count == 2)
    }

    @Test func lostAnswersAreTriedAgainWhereThatIsSafe() async throws {
        for steps in [
            [ScriptedServer.Step.reset], [.close],
            [.bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<a>"), .close],
        ] {
            let server = try ScriptedServer { _, number in number == 0 ? steps : [.answer(200, Self.launched)] }
            _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").runInstances(launch(token: "t"))
            #expect(server.requests.count == 2)
        }
    }

    @Test func silentServerTimesOutAndIsTriedUntilTheDeadline() async throws {
        let server = try ScriptedServer { _, _ in [.hang] }
        let cloud = try TestClouds.at(
            server.url, retry: RetryPolicy(maximumAttempts: 50, firstPause: .milliseconds(1), deadline: .seconds(5)),
            timeouts: HTTPTimeouts(whole: .milliseconds(200)))
        let start = ContinuousClock.now
        let error = try await error { _ = try await cloud.ec2(region: "eu-west-1").instances() }
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(
            error.transport?.kind == .timeout && error.isUnreachable && error.mayHaveTakenEffect && error.status == nil)
        // Each attempt lasts at least its 200 ms; a busy machine makes fewer of them.
        #expect((2...26).contains(error.attempts))
        #expect(error.summary.contains("EC2 DescribeInstances in eu-west-1 failed: no answer"))
        #expect(error.hint == "\(server.url) did not answer in time: check the network, then try again")
    }

    @Test func closedPortSaysWhetherTheEndpointIsRight() async throws {
        let cloud = try TestClouds.at("http://127.0.0.1:1")
        let error = try await error { _ = try await cloud.sts().callerIdentity() }
        #expect(error.transport?.kind == .refused && !error.mayHaveTakenEffect)
        #expect(error.attempts == 6)
        #expect(error.hint == "nothing answers at http://127.0.0.1:1: is AWS_ENDPOINT_URL right, and is it up?")
        #expect(
            error.summary.hasPrefix("STS GetCallerIdentity in eu-west-1 failed: no answer: ")
                && error.summary.contains("(6 attempts)"))
    }

    @Test func refusalsAreNotTriedAgain() async throws {
        for (status, code) in [
            (400, "InvalidParameterValue"), (403, "UnauthorizedOperation"), (401, "AuthFailure"),
            (400, "Bad.Unheard-Of"),
            (500, "InsufficientInstanceCapacity"), (400, "VcpuLimitExceeded"), (400, "InvalidInstanceID.NotFound"),
        ] {
            let server = try ScriptedServer { _, _ in [.answer(status, Self.fault(code))] }
            let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
            let error = try await error { _ = try await ec2.runInstances(launch(token: "t")) }
            #expect(server.requests.count == 1, "\(code)")
            #expect(error.code.rawValue == code && error.status == status && error.requestID == "r-2")
            #expect(error.mayHaveTakenEffect == false, "\(code)")
        }
    }

    @Test func budgetOfARegionEndsRetriesThereAndNowhereElse() async throws {
        let server = try ScriptedServer { request, _ in
            [
                request.headers["authorization"]?.contains("/us-east-2/") == true
                    ? .answer(200, Self.page) : .answer(500, "")
            ]
        }
        let cloud = try TestClouds.at(
            server.url,
            retry: RetryPolicy(
                maximumAttempts: 1_000, firstPause: .nanoseconds(1), longestPause: .nanoseconds(1),
                deadline: .seconds(60)))
        // 500 tokens at 5 a retry: 100 retries in all, however many calls there are.
        for _ in 0..<3 { _ = try await error { _ = try await cloud.ec2(region: "eu-west-1").instances() } }
        #expect(server.requests.count == 103)
        #expect(try await cloud.ec2(region: "us-east-2").instances().isEmpty)
        #expect(server.requests.count == 104)
    }

    @Test func repetitionRefusedBecauseTheFirstWorkedIsASuccess() async throws {
        let rule = IngressRule(port: 22, source: try CIDR(parsing: "10.0.0.0/8"))
        let server = try ScriptedServer { _, number in
            number == 0 ? [.close] : [.answer(400, Self.fault("InvalidPermission.Duplicate"))]
        }
        try await TestClouds.at(server.url).ec2(region: "eu-west-1").authorizeIngress(group: "sg-1", rules: [rule])
        #expect(server.requests.count == 2)
        // The same refusal of a first attempt, or after one that surely did nothing, is an error.
        let honest = try ScriptedServer { _, number in
            [number == 0 ? .answer(503, Self.throttled) : .answer(400, Self.fault("InvalidPermission.Duplicate"))]
        }
        let error = try await error {
            try await TestClouds.at(honest.url).ec2(region: "eu-west-1").authorizeIngress(group: "sg-1", rules: [rule])
        }
        #expect(error.isDuplicate && error.attempts == 2)
    }

    @Test func anEarlierAttemptThatMayHaveWorkedIsNotForgotten() async throws {
        let server = try ScriptedServer { _, number in
            number == 0 ? [.close] : [.answer(400, Self.fault("VcpuLimitExceeded"))]
        }
        let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
        let error = try await error { _ = try await ec2.runInstances(launch(token: "t")) }
        #expect(error.isQuota && error.mayHaveTakenEffect && error.attempts == 2)
    }

    @Test func garbageIsKeptInTheErrorAndNotBelieved() async throws {
        for text in [
            "<html><body>Bad gateway</body></html>", "not xml at all", "<Response><Errors>", "\u{0}\u{1}\u{2}",
        ] {
            let server = try ScriptedServer { _, _ in [.answer(400, text)] }
            let error = try await error { _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").instances() }
            #expect(error.code == "BadRequest" && error.status == 400)
            #expect(error.message.hasPrefix("HTTP status 400: \(text.prefix(10))"), "\(error.message)")
        }
        for text in ["<html>", "", "{}", "<a></b>", String(Self.page.dropLast(5))] {
            let server = try ScriptedServer { _, _ in [.answer(200, text)] }
            let error = try await error { _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").instances() }
            #expect(error.code == .unreadableAnswer, "\(text)")
        }
    }

    @Test func wellFormedAnswerOfAnotherKindIsNotAnEmptyListing() async throws {
        for text in [
            "<html><body/></html>", "<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>", "<Response/>",
        ] {
            let server = try ScriptedServer { _, _ in [.answer(200, text)] }
            let cloud = try TestClouds.at(server.url)
            let ec2 = try await error { _ = try await cloud.ec2(region: "eu-west-1").instances() }
            #expect(ec2.code == .unreadableAnswer, "\(text)")
            let images = try await error { _ = try await cloud.ec2(region: "eu-west-1").images(owners: ["self"]) }
            #expect(images.code == .unreadableAnswer, "\(text)")
            let s3 = try await error { _ = try await cloud.s3().listObjects(bucket: "b", prefix: "") }
            #expect(s3.code == .unreadableAnswer, "\(text)")
        }
    }

    @Test func unknownStateFailsTheListingInsteadOfHidingTheInstance() async throws {
        let text = Self.launched.replacing("pending", with: "hibernating")
            .replacing("RunInstancesResponse", with: "DescribeInstancesResponse")
            .replacing("<instancesSet>", with: "<reservationSet><item><instancesSet>")
            .replacing("</instancesSet>", with: "</instancesSet></item></reservationSet>")
        let server = try ScriptedServer { _, _ in [.answer(200, text)] }
        let error = try await error { _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").instances() }
        #expect(error.code == .unreadableAnswer && error.message.contains("'i-1' has the unknown state 'hibernating'"))
    }

    @Test func failureOnALaterPageFailsTheWholeListing() async throws {
        let first = Self.page.replacing("<reservationSet/>", with: "<reservationSet/><nextToken>t+1/=</nextToken>")
        let server = try ScriptedServer { request, _ in
            [
                request.field("NextToken") == nil
                    ? .answer(200, first) : .answer(403, Self.fault("UnauthorizedOperation"))
            ]
        }
        let error = try await error { _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").instances() }
        #expect(error.isUnauthorized)
        #expect(server.requests.map { $0.field("NextToken") } == [nil, "t%2B1%2F%3D"])
        #expect(server.requests.allSatisfy { $0.field("MaxResults") == "1000" })
    }

    @Test func pagesThatGoInACircleEnd() async throws {
        let text = Self.page.replacing("<reservationSet/>", with: "<reservationSet/><nextToken>same</nextToken>")
        let server = try ScriptedServer { _, _ in [.answer(200, text)] }
        let error = try await error { _ = try await TestClouds.at(server.url).ec2(region: "eu-west-1").instances() }
        #expect(error.code == .unreadableAnswer && error.message.contains("no end"))
        #expect(server.requests.count == 2)
    }

    @Test func cancelledTaskStopsInMidCallAndInMidPause() async throws {
        let hanging = try ScriptedServer { _, _ in [.hang] }
        let failing = try ScriptedServer { _, _ in [.answer(500, "")] }
        for (server, retry) in [
            (hanging, TestClouds.quick), (failing, RetryPolicy(firstPause: .seconds(20), longestPause: .seconds(20))),
        ] {
            let ec2 = try TestClouds.at(server.url, retry: retry).ec2(region: "eu-west-1")
            let task = Task { try await ec2.instances() }
            try await waitUntil("the request came") { server.requests.count >= 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func bucketOfAnotherRegionSaysSo() async throws {
        let server = try ScriptedServer { _, _ in
            [.answer(301, "", headers: ["x-amz-bucket-region: us-east-1", "x-amz-request-id: q7"])]
        }
        let error = try await error { try await TestClouds.at(server.url).s3().headBucket("b") }
        #expect(error.code == "PermanentRedirect" && error.requestID == "q7" && error.attempts == 1)
        #expect(error.hint == "the bucket is in another region, correct aws.region in fleet/fleet.yaml")
    }

    @Test func regionThatIsNoNameIsRefusedBeforeSending() async throws {
        let cloud = try TestClouds.at("http://127.0.0.1:1")
        for region in ["", "eu west", "evil.example.com/", "EU-WEST-1", String(repeating: "a", count: 64)] {
            let error = try await error { _ = try await cloud.ec2(region: region).regions() }
            #expect(error.code == .badConfiguration)
        }
        #expect(cloud.requests.total == 0)
    }
}
