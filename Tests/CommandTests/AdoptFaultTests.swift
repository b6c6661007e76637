import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What runs already: taken over where its tags say that it is ours, never touched where they say another's (SPEC 6).
@Suite struct AdoptFaultTests {
    @Test func instanceWithAKnownUsersEmailAndADeclaredNameIsAdopted() async throws {
        try await alone { fleet in
            let old = try await launch(fleet, name: "web-1", email: "Anna@Example.com")
            try fleet.deploy("web", "count: 2\ninstance_type: t3.nano")
            let plan = try await fleet.planned()
            #expect(plan.contains("adopt instance.web-1"), "\(plan)")
            #expect(plan.contains("create instance.web-2"), "\(plan)")
            try await fleet.apply()
            let live = try await fleet.witnessed()
            #expect(live.map(\.name) == ["web-1", "web-2"])
            #expect(live.first?.id == old)
            #expect(live.first?.tags["botfleet:deployment"] == "web")
            let row = try await fleet.botfleet("instances", "web-1", "--format", "json").json()
            #expect(row.at("instance_id")?.text == old)
            #expect(row.at("managed") == true)
            #expect(row.at("state")?.text == "running")
            let parameters = try await fleet.sandbox.aws(
                ["s3api", "head-object", "--bucket", fleet.bucket, "--key", "instances/web-1/params.json"],
                endpoint: fleet.moto)
            #expect(parameters.at("ContentLength") != nil)
            let machine = try await fleet.sandbox.aws(
                ["ec2", "describe-instances", "--instance-ids", old], endpoint: fleet.moto)
            let group = machine.at("Reservations", 0, "Instances", 0, "SecurityGroups", 0, "GroupName")?.text
            #expect(group == "botfleet-\(fleet.name)-anna@example.com")
            // Its volume is only known once it is ours: 8 GiB of an old hand against the fleet's 32.
            #expect(try await fleet.planned() == ["update instance.web-1"])
            try await fleet.apply()
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func twoCandidatesForOneNameAreAnErrorThatNamesBoth() async throws {
        try await alone { fleet in
            let ids = [
                try await launch(fleet, name: "web-1", email: "anna@example.com"),
                try await launch(fleet, name: "web-1", email: "anna@example.com"),
            ]
            try fleet.deploy("web")
            for command in [["plan", "--format", "json"], ["apply", "--auto-approve"]] {
                let result = try await run(
                    [botfleetBinary.path] + command, environment: fleet.environment, in: fleet.folder)
                #expect(result.status == 1)
                #expect(result.output == "")
                for id in ids { #expect(result.errors.contains(id), "\(result.errors)") }
            }
            #expect(try await fleet.names() == [])
            for id in ids { #expect(try await state(fleet, id) == "running") }
        }
    }

    @Test func whatBearsAnotherFleetsTagIsNeverTouched() async throws {
        try await alone { fleet in
            let others = [
                try await launch(fleet, name: "web-1", email: "anna@example.com", fleetTag: "globex"),
                try await launch(fleet, name: "web-2", email: nil),
                try await launch(fleet, name: "web-3", email: "stranger@example.com"),
            ]
            let tags = "Tags=[{Key=botfleet:fleet,Value=globex},{Key=User Email,Value=anna@example.com}]"
            let key = fleet.folder.appending(path: ".git/key").path
            try await succeed(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
            let publicKey = try String(contentsOfFile: key + ".pub", encoding: .utf8).trimmingCharacters(in: .newlines)
            let group = try #require(
                try await fleet.sandbox.aws(
                    [
                        "ec2", "create-security-group", "--group-name", "globex-\(fleet.name)", "--description", "x",
                        "--tag-specifications", "ResourceType=security-group,\(tags)",
                    ], endpoint: fleet.moto
                ).at("GroupId")?.text)
            try await fleet.sandbox.aws(
                [
                    "ec2", "import-key-pair", "--key-name", "globex-\(fleet.name)", "--public-key-material",
                    "fileb://\(key).pub", "--tag-specifications", "ResourceType=key-pair,\(tags)",
                ], endpoint: fleet.moto)
            try fleet.write(
                "fleet/users.yaml",
                "- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [203.0.113.7], "
                    + "ssh_public_key: \"\(publicKey)\"}\n")
            try fleet.deploy("web", "count: 3")
            try await fleet.apply()
            #expect(try await fleet.names() == ["web-1", "web-2", "web-3"])
            let ours = try await fleet.witnessed()
            #expect(Set(ours.map(\.id)).isDisjoint(with: others))
            try fleet.deploy("web", "count: 0")
            try await fleet.apply("--allow-terminations", "3")
            try fleet.remove("fleet/deployments/web.yaml")
            try await fleet.apply()
            #expect(try await fleet.names() == [])
            for id in others { #expect(try await state(fleet, id) == "running") }
            let groups = try await fleet.sandbox.aws(
                ["ec2", "describe-security-groups", "--group-ids", group], endpoint: fleet.moto)
            #expect(groups.at("SecurityGroups")?.list.count == 1)
            let keys = try await fleet.sandbox.aws(
                ["ec2", "describe-key-pairs", "--filters", "Name=tag:botfleet:fleet,Values=globex,\(fleet.name)"],
                endpoint: fleet.moto)
            #expect(
                keys.at("KeyPairs")?.list.compactMap { $0.at("KeyName")?.text }.contains("globex-\(fleet.name)") == true
            )
            #expect(
                keys.at("KeyPairs")?.list.contains { $0.at("KeyName")?.text?.hasPrefix("botfleet") == true } == false)
        }
    }

    // MARK: What others made

    /// A fleet on a moto of its own: what it finds to adopt, another test's fleet would find as well.
    private func alone(_ body: (TestFleet) async throws -> Void) async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in try await TestFleet.with(moto: moto) { try await body($0) } }
    }

    /// Launches an instance by the AWS CLI, as 80bots or a person did.
    private func launch(
        _ fleet: TestFleet, name: String, email: String?, fleetTag: String? = nil
    ) async throws -> String {
        var tags = ["{Key=Name,Value=\(name)}"]
        if let email { tags.append("{Key=User Email,Value=\(email)}") }
        if let fleetTag { tags.append("{Key=botfleet:fleet,Value=\(fleetTag)}") }
        let answer = try await fleet.sandbox.aws(
            [
                "ec2", "run-instances", "--image-id", "ami-785db401", "--instance-type", "t3.nano",
                "--tag-specifications", "ResourceType=instance,Tags=[\(tags.joined(separator: ","))]",
            ], endpoint: fleet.moto)
        return try #require(answer.at("Instances", 0, "InstanceId")?.text)
    }

    private func state(_ fleet: TestFleet, _ id: String) async throws -> String? {
        try await fleet.sandbox.aws(["ec2", "describe-instances", "--instance-ids", id], endpoint: fleet.moto)
            .at("Reservations", 0, "Instances", 0, "State", "Name")?.text
    }
}
