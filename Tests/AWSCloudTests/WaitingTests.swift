import AWSCloud
import FleetModel
import FleetTestSupport
import Testing

/// Waiting for instances that EC2 hides, starts slowly or ends.
@Suite struct WaitingTests {
    private static func page(_ instances: [(id: String, state: String, reason: String)]) -> String {
        let items = instances.map {
            "<item><instancesSet><item><instanceId>\($0.id)</instanceId><instanceState><name>\($0.state)</name></instanceState>"
                + "<stateReason><code>c</code><message>\($0.reason)</message></stateReason></item></instancesSet></item>"
        }
        return
            "<DescribeInstancesResponse><reservationSet>\(items.joined())</reservationSet></DescribeInstancesResponse>"
    }

    @Test func instanceThatIsNotListedYetIsWaitedFor() async throws {
        let server = try ScriptedServer { _, number in
            [
                .answer(
                    200,
                    Self.page(number < 3 ? [("i-1", "pending", "")] : [("i-1", "pending", ""), ("i-2", "pending", "")]))
            ]
        }
        let found = try await TestClouds.at(server.url).ec2(region: "eu-west-1").waitUntilVisible(ids: ["i-1", "i-2"])
        #expect(found.map(\.instanceID) == ["i-1", "i-2"])
        #expect(server.requests.count == 4)
        #expect(
            server.requests.allSatisfy {
                $0.field("Filter.1.Name") == "instance-id" && $0.field("Filter.1.Value.2") == "i-2"
            })
    }

    @Test func stateIsWaitedForThroughAbsenceAndChange() async throws {
        let states = [[], [("i-1", "pending", "")], [("i-1", "running", "")]]
        let server = try ScriptedServer { _, number in [.answer(200, Self.page(states[min(number, 2)]))] }
        let found = try await TestClouds.at(server.url).ec2(region: "eu-west-1").waitForState(
            ids: ["i-1"], states: [.running])
        #expect(found.map(\.state) == [.running])
        #expect(server.requests.count == 3)
    }

    @Test func deadlineSaysHowThingsStand() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, Self.page([("i-1", "pending", "")]))] }
        let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
        let error = await #expect(throws: AWSError.self) {
            try await ec2.waitForState(
                ids: ["i-1", "i-2"], states: [.running, .stopped], deadline: .milliseconds(300))
        }
        #expect(error?.code == .waitTimedOut)
        #expect(error?.message.hasSuffix("for running or stopped: i-1 is launching, i-2 is not listed") == true)
    }

    @Test func instanceThatEndedInsteadIsToldWithAWSsReason() async throws {
        let server = try ScriptedServer { _, _ in
            [.answer(200, Self.page([("i-1", "terminated", "Server.InternalError: Internal error on launch")]))]
        }
        let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
        let error = await #expect(throws: AWSError.self) {
            try await ec2.waitForState(ids: ["i-1"], states: [.running])
        }
        #expect(error?.code == .waitInVain)
        #expect(
            error?.message == "i-1 should be running, but is terminated: Server.InternalError: Internal error on launch"
        )
        #expect(server.requests.count == 1)
    }

    @Test func newInstanceHiddenByEC2IsSeenOnceItShows() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await manners.set(["hidden_seconds": 2, "pending_seconds": 1])
            let ec2 = try TestClouds.at(manners.endpoint).ec2(region: "eu-west-1")
            let image = try #require(
                await ec2.newestImage(owner: "099720109477", name: "ubuntu/images/hvm-ssd/ubuntu-xenial-*"))
            let name = sandbox.freshName()
            let launched = try await ec2.runInstances(
                RunInstancesRequest(
                    imageID: image.imageID, instanceType: "t3.micro", rootDeviceName: "/dev/sda1", rootVolumeGB: 10,
                    instanceTags: ["Name": name], clientToken: name))
            #expect(try await ec2.existingInstances(ids: [launched.instanceID]).isEmpty)
            let seen = try await ec2.waitUntilVisible(ids: [launched.instanceID], deadline: .seconds(30))
            #expect(seen.map(\.name) == [name])
            #expect(
                try await ec2.waitForState(ids: [launched.instanceID], states: [.running], deadline: .seconds(30)).count
                    == 1)
        }
    }
}
