import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// `iam-policy` on files alone, by the real program (SPEC 3).
@Suite struct IAMPolicyTests {
    private func policy(_ role: String, of fleet: TestFleet) async throws -> JSONValue {
        let result = try await fleet.botfleet("iam-policy", "--for", role)
        #expect(result.status == 0, "\(result.errors)")
        return try result.json()
    }

    @Test func policyOfInstancesIsTheOneThatTheAgentIsTestedUnder() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "bots/watch/watch.js",
                "/** ABOUT\n{\"name\": \"watch\"}\n*/\n/** PARAMS\n[{\"name\": \"secret\", \"type\": \"password\"}]\n*/\n"
            )
            try fleet.deploy("web", "parameters: {secret: {ssm: /bots/secret}}")
            let tested = try String(
                contentsOf: repositoryRoot.appending(path: "Tests/Agent/instance-policy.json"), encoding: .utf8
            ).replacing("BUCKET", with: fleet.bucket).replacing("REGION", with: "eu-west-1")
            #expect(try await policy("instance", of: fleet) == CanonicalJSON.decode(JSONValue.self, from: tested))
        }
    }

    @Test func whatEndsMachinesIsLimitedToTheFleetsOwn() async throws {
        try await TestFleet.with { fleet in
            for role in ["operator", "runner"] {
                let statements = try #require(try await policy(role, of: fleet).at("Statement")?.list)
                for statement in statements {
                    let actions = statement.at("Action")?.list.compactMap(\.text) ?? []
                    guard
                        actions.contains(where: {
                            $0.contains("Terminate") || $0.contains("Delete") || $0.contains("Stop")
                        })
                    else { continue }
                    let tag = statement.at("Condition", "StringEquals", "aws:ResourceTag/botfleet:fleet")?.text
                    let resources = statement.at("Resource")?.list.compactMap(\.text) ?? []
                    #expect(tag == fleet.name || resources.allSatisfy { $0.hasPrefix("arn:aws:s3:::\(fleet.bucket)/") })
                }
                let all = statements.flatMap { $0.at("Action")?.list.compactMap(\.text) ?? [] }
                #expect(all.contains("ec2:RunInstances") && !all.contains("*"))
                #expect(all.contains("iam:PassRole") == false, "no instance has a profile")
            }
        }
    }
}
