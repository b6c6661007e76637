import FleetModel
import FleetTestSupport
import Testing

/// That the fixture reaches the proxy; what the manners do is proven in Tests/EC2Manners/ec2_manners_tests.py.
@Suite struct EC2MannersTests {
    @Test func mannersAreSetCountedSettledAndReset() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await manners.set(["pending_seconds": 600, "client_tokens": true])
            let launched = try await sandbox.aws(
                ["ec2", "run-instances", "--image-id", "ami-785db401", "--client-token", sandbox.freshName("token")],
                endpoint: manners.endpoint)
            let id = try #require(launched.at("Instances", 0, "InstanceId")?.text)
            let describe = ["ec2", "describe-instances", "--instance-ids", id]
            func shownState() async throws -> String? {
                try await sandbox.aws(describe, endpoint: manners.endpoint)
                    .at("Reservations", 0, "Instances", 0, "State", "Name")?.text
            }
            #expect(try await shownState() == "pending")
            try await manners.settle()
            #expect(try await shownState() == "running")
            #expect(try await manners.counts() == ["RunInstances": 1, "DescribeInstances": 2])
            try await manners.reset()
            #expect(try await manners.count("RunInstances") == 0)
            #expect(try await manners.state().at("manners", "client_tokens") == false)
        }
    }

    @Test func mannerThatIsUnknownIsAnErrorThatNamesIt() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            let failure = await #expect(throws: CommandFailure.self) { try await manners.set(["no_such": 1]) }
            let description = try #require(failure).description
            #expect(description.contains("no_such"))
        }
    }
}
