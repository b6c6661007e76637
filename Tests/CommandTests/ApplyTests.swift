import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// plan and apply, by the built program, on a real MariaDB and moto, with the AWS CLI and mysql as witnesses.
@Suite struct ApplyTests {
    @Test func applyFromNothingLaunchesWhatIsDeclaredAndASecondPlanIsEmpty() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 3")
            let applied = try await fleet.apply()
            #expect(applied.contains("Apply complete"))
            #expect(try await fleet.names() == ["web-1", "web-2", "web-3"])
            let second = try await fleet.botfleet("plan", "--detailed-exitcode")
            #expect(second.status == 0, "\(second.output)\(second.errors)")
            let rows = try await fleet.database.mysql("SELECT name, state FROM instances ORDER BY name")
            #expect(rows == [["web-1", "running"], ["web-2", "running"], ["web-3", "running"]])
            let open = try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'")
            #expect(open == [["0"]])
        }
    }

    @Test func launchedInstancesAreTaggedEncryptedAndHoldNoSecret() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "parameters: {speed: {ssm: /planted/secret}}")
            try await fleet.apply()
            let web = try #require(try await fleet.witnessed().first)
            #expect(web.tags["Name"] == "web-1")
            #expect(web.tags["User Email"] == "anna@example.com")
            #expect(web.tags["Bot"] == "watch")
            #expect(web.tags["botfleet:fleet"] == fleet.name)
            #expect(web.tags["botfleet:deployment"] == "web")
            let details = try await fleet.sandbox.aws(
                ["ec2", "describe-instances", "--instance-ids", web.id], endpoint: fleet.moto)
            let instance = try #require(details.at("Reservations", 0, "Instances", 0))
            #expect(instance.at("MetadataOptions", "HttpTokens")?.text == "required")
            let volume = try #require(instance.at("BlockDeviceMappings", 0, "Ebs", "VolumeId")?.text)
            let volumes = try await fleet.sandbox.aws(
                ["ec2", "describe-volumes", "--volume-ids", volume], endpoint: fleet.moto)
            #expect(volumes.at("Volumes", 0, "Encrypted") == true)
            #expect(volumes.at("Volumes", 0, "Size") == 32)
            let attribute = try await fleet.sandbox.aws(
                ["ec2", "describe-instance-attribute", "--instance-id", web.id, "--attribute", "userData"],
                endpoint: fleet.moto)
            let encoded = try #require(attribute.at("UserData", "Value")?.text)
            let data = try #require(Data(base64Encoded: encoded))
            #expect(data.count < 16_384)
            let file = fleet.folder.appending(path: ".git/user-data.gz")
            try data.write(to: file)
            let unpacked = try await run(["gzip", "-dc", file.path], environment: fleet.environment)
            #expect(unpacked.output.hasPrefix("#cloud-config"))
            #expect(unpacked.output.contains("botfleet_agent.py"))
            #expect(!unpacked.output.contains("planted"))
        }
    }

    @Test func parametersLieInTheBucketForTheInstance() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "parameters: {speed: 7}")
            try await fleet.apply()
            let document = try await object("instances/web-1/params.json", of: fleet)
            #expect(document.at("version") == 1)
            #expect(document.at("parameters", "speed", "value") == 7)
            let bundle = try #require(document.at("bundle")?.text)
            let head = try await fleet.sandbox.aws(
                ["s3api", "head-object", "--bucket", fleet.bucket, "--key", "bundles/\(bundle).tar.gz"],
                endpoint: fleet.moto)
            #expect(head.at("ContentLength") != nil)
        }
    }

    @Test func changedParametersAreWrittenWithoutTouchingEC2() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 2\nparameters: {speed: 7}")
            try await fleet.apply()
            let before = try await fleet.witnessed()
            try fleet.deploy("web", "count: 2\nparameters: {speed: 8}")
            #expect(
                try await fleet.planned() == [
                    "update deployment.web", "update instance.web-1", "update instance.web-2",
                ])
            try await fleet.apply()
            #expect(try await fleet.witnessed() == before)
            let document = try await object("instances/web-2/params.json", of: fleet)
            #expect(document.at("version") == 2)
            #expect(document.at("parameters", "speed", "value") == 8)
            let steps = try await fleet.database.mysql(
                "SELECT COUNT(*) FROM steps WHERE apply_id = (SELECT MAX(id) FROM applies)")
            #expect(steps == [["0"]])
        }
    }

    @Test func smallerCountTerminatesExactlyTheHighest() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 5")
            try fleet.deploy("other")
            try await fleet.apply()
            try fleet.deploy("web", "count: 2")
            #expect(
                try await fleet.planned() == [
                    "update deployment.web", "delete instance.web-3", "delete instance.web-4", "delete instance.web-5",
                ])
            try await fleet.apply()
            #expect(try await fleet.names() == ["other-1", "web-1", "web-2"])
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func removedFileDeletesWhatItMadeAndNothingElse() async throws {
        try await TestFleet.with { fleet in
            let stranger = try await strangerInstance(fleet)
            try fleet.deploy("web", "count: 2")
            try fleet.deploy("other")
            try await fleet.apply()
            try fleet.remove("fleet/deployments/web.yaml")
            try await fleet.apply()
            #expect(try await fleet.names() == ["other-1"])
            let still = try await fleet.sandbox.aws(
                ["ec2", "describe-instances", "--instance-ids", stranger], endpoint: fleet.moto)
            #expect(still.at("Reservations", 0, "Instances", 0, "State", "Name")?.text == "running")
            let gone = try await fleet.sandbox.aws(
                ["s3api", "list-objects-v2", "--bucket", fleet.bucket, "--prefix", "instances/web-"],
                endpoint: fleet.moto)
            #expect(gone.at("Contents") == nil)
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func emptiedFleetNeedsToBeAllowedAndThenLeavesNothingBehind() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 2")
            try await fleet.apply()
            try fleet.remove("fleet/deployments/web.yaml")
            let refused = try await fleet.botfleet("apply", "--auto-approve")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("--allow-terminations 2"))
            #expect(try await fleet.names().count == 2)
            try await fleet.apply("--allow-terminations", "2")
            #expect(try await fleet.names() == [])
            let groups = try await fleet.sandbox.aws(
                ["ec2", "describe-security-groups", "--filters", "Name=tag:botfleet:fleet,Values=\(fleet.name)"],
                endpoint: fleet.moto)
            #expect(groups.at("SecurityGroups")?.list.isEmpty == true)
        }
    }

    @Test func changedAddressOpensAndClosesExactlyItsRules() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            try fleet.write(
                "fleet/users.yaml",
                "- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [198.51.100.9]}\n"
            )
            #expect(
                try await fleet.planned() == [
                    "update user.anna@example.com", "update security_group.eu-west-1/anna@example.com",
                ])
            try await fleet.apply()
            let groups = try await fleet.sandbox.aws(
                ["ec2", "describe-security-groups", "--filters", "Name=tag:botfleet:fleet,Values=\(fleet.name)"],
                endpoint: fleet.moto)
            let rules = groups.at("SecurityGroups", 0, "IpPermissions")?.list ?? []
            let open = rules.map { rule in
                "\(rule.at("FromPort").map { "\($0)" } ?? "") \(rule.at("IpRanges", 0, "CidrIp")?.text ?? "")"
            }
            #expect(open.count == 3)
            #expect(open.allSatisfy { $0.hasSuffix("198.51.100.9/32") })
        }
    }

    @Test func changedTypeStopsModifiesAndStartsTheSameInstance() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "instance_type: t3.small")
            try await fleet.apply()
            let before = try #require(try await fleet.witnessed().first)
            try fleet.deploy("web", "instance_type: t3.large")
            #expect(try await fleet.planned() == ["update deployment.web", "update instance.web-1"])
            try await fleet.apply()
            let after = try #require(try await fleet.witnessed().first)
            #expect(after.id == before.id)
            #expect(after.type == "t3.large")
            #expect(after.state == "running")
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func fixedStateStopsAndStarts() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            try fleet.deploy("web", "state: stopped")
            #expect(try await fleet.planned() == ["update deployment.web", "stop instance.web-1"])
            try await fleet.apply()
            #expect(try await fleet.witnessed().map(\.state) == ["stopped"])
            try fleet.deploy("web", "state: running")
            try await fleet.apply()
            #expect(try await fleet.witnessed().map(\.state) == ["running"])
            let sessions = try await fleet.botfleet("sessions", "--format", "json").json().list
            #expect(sessions.map { $0.at("action")?.text } == ["start", "stop", "start"])
            #expect(sessions.allSatisfy { $0.at("outcome")?.text == "succeeded" && $0.at("source")?.text == "apply" })
        }
    }

    @Test func handMadeStopIsDriftAndIsUndone() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            let web = try #require(try await fleet.witnessed().first)
            try await fleet.sandbox.aws(["ec2", "stop-instances", "--instance-ids", web.id], endpoint: fleet.moto)
            let plan = try await fleet.botfleet("plan", "--format", "json").json()
            #expect(plan.at("drift", 0, "attribute")?.text == "state")
            #expect(plan.at("changes", 0, "action")?.text == "start")
            try await fleet.apply()
            #expect(try await fleet.witnessed().map(\.state) == ["running"])
        }
    }

    @Test func replacementTerminatesThenLaunchesUnderTheSameName() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 2")
            try await fleet.apply()
            let before = try await fleet.witnessed()
            try await fleet.apply("--replace", "instance.web-2")
            let after = try await fleet.witnessed()
            #expect(after.map(\.name) == ["web-1", "web-2"])
            #expect(after[0].id == before[0].id)
            #expect(after[1].id != before[1].id)
        }
    }

    @Test func newDeploymentOutsideItsHoursIsRecordedAndNotLaunched() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "schedules/never.yaml",
                "name: never\ntimezone: UTC\nweek:\n  - {days: everyday, stop: \"00:00\"}\n")
            try fleet.deploy("web", "schedule: never")
            try await fleet.apply()
            #expect(try await fleet.names() == [])
            let rows = try await fleet.botfleet("instances", "--format", "json").json().list
            #expect(rows.map { $0.at("state")?.text } == ["planned"])
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func savedPlanIsAppliedWhileItHoldsAndRefusedWhenItMoved() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let file = fleet.folder.appending(path: ".git/saved.plan").path
            #expect(try await fleet.botfleet("plan", "--out", file).status == 0)
            try fleet.deploy("web", "count: 2")
            let stale = try await fleet.botfleet("apply", "--auto-approve", file)
            #expect(stale.status == 1)
            #expect(stale.errors.contains("the saved plan no longer holds"))
            #expect(stale.errors.contains("deployment.web"))
            #expect(try await fleet.names() == [])
            try fleet.deploy("web")
            let applied = try await fleet.botfleet("apply", "--auto-approve", file)
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(try await fleet.names() == ["web-1"])
        }
    }

    @Test func olderCommitIsRefusedUnlessAllowed() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.commit("one")
            try fleet.deploy("web", "count: 2")
            try await fleet.commit("two")
            try await fleet.apply()
            try await fleet.git("checkout", "-q", "HEAD~1")
            let refused = try await fleet.botfleet("apply", "--auto-approve")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("--allow-older"))
            try await fleet.apply("--allow-older")
            #expect(try await fleet.names() == ["web-1"])
        }
    }

    @Test func applyIsRecordedWithItsAuthorAndWhetherFilesWereDirty() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.commit("web")
            try await fleet.apply()
            try fleet.deploy("web", "count: 2")
            try await fleet.apply()
            let rows = try await fleet.database.mysql("SELECT author, dirty, outcome FROM applies ORDER BY id")
            #expect(
                rows == [
                    ["Anna <anna@example.com>", "0", "succeeded"], ["Anna <anna@example.com>", "1", "succeeded"],
                ])
        }
    }

    @Test func unapprovedApplyChangesNothing() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let result = try await fleet.botfleet("apply")
            #expect(result.status == 1)
            #expect(result.errors.contains("--auto-approve"))
            #expect(try await fleet.names() == [])
        }
    }

    // MARK: Witnesses

    private func object(_ key: String, of fleet: TestFleet) async throws -> JSONValue {
        let target = fleet.folder.appending(path: ".git/object").path
        try await fleet.sandbox.aws(
            ["s3api", "get-object", "--bucket", fleet.bucket, "--key", key, target], endpoint: fleet.moto)
        return try CanonicalJSON.decode(JSONValue.self, from: try String(contentsOfFile: target, encoding: .utf8))
    }

    /// Somebody else's instance: no tag of any fleet.
    private func strangerInstance(_ fleet: TestFleet) async throws -> String {
        let answer = try await fleet.sandbox.aws(
            [
                "ec2", "run-instances", "--image-id", "ami-785db401", "--instance-type", "t3.nano",
                "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=web-1}]",
            ], endpoint: fleet.moto)
        return try #require(answer.at("Instances", 0, "InstanceId")?.text)
    }
}
