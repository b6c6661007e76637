import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// AWS in trouble: throttling, no capacity, lost answers. What can be done is done, once, and the rest is named.
@Suite struct AWSTroubleFaultTests {
    @Test func throttlingAndServerFaultsAreOutlasted() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("web", "count: 3")
            try await manners.set([
                "client_tokens": true,
                "faults": [
                    ["action": "RunInstances", "kind": "RequestLimitExceeded", "times": 4],
                    ["action": "DescribeInstances", "kind": "503", "times": 2],
                    ["action": "CreateSecurityGroup", "kind": "RequestLimitExceeded", "times": 2],
                    ["action": "PUT object", "kind": "503", "times": 2],
                ],
            ])
            try await fleet.apply()
            #expect(try await fleet.names() == ["web-1", "web-2", "web-3"])
            #expect(try await manners.count("RunInstances") == 7)
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func typeWithoutCapacityGivesWayToTheNextOne() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("web", "instance_type: [t3.large, t3.small]")
            try await manners.set(["capacity": [["instance_type": "t3.large"]]])
            let applied = try await fleet.botfleet("apply", "--auto-approve")
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(applied.errors.contains("no capacity for t3.large; trying the next"))
            let web = try await fleet.witnessed()
            #expect(web.map(\.type) == ["t3.small"])
            #expect(try await fleet.planned() == [], "a listed type is no drift")
            #expect(try await fleet.database.mysql("SELECT instance_type FROM instances") == [["t3.small"]])
        }
    }

    @Test func noCapacityAtAllFailsThatInstanceAloneAndTheNextApplyFinishes() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("big", "instance_type: [m5.large, c5.large]")
            try fleet.deploy("web", "count: 2")
            try await manners.set(["capacity": [["instance_type": "m5.large"], ["instance_type": "c5.large"]]])
            let failed = try await fleet.botfleet("apply", "--auto-approve")
            #expect(failed.status == 1)
            #expect(failed.output.contains("Apply failed: "))
            #expect(
                failed.output.contains(
                    "failed  instance.big-1: EC2 RunInstances in eu-west-1 failed: InsufficientInstanceCapacity"))
            #expect(try await fleet.names() == ["web-1", "web-2"])
            let row = try await fleet.botfleet("instances", "big-1", "--format", "json").json()
            #expect(row.at("state")?.text == "planned")
            #expect(row.at("last_error")?.text?.contains("InsufficientInstanceCapacity") == true)
            let sessions = try await fleet.botfleet("sessions", "--instance", "big-1", "--format", "json").json()
            #expect(sessions.at(0, "outcome")?.text == "pending")
            #expect(sessions.at(0, "attempts") == 1, "all types together are one try")
            #expect(try await fleet.planned() == ["create instance.big-1"])
            try await manners.set(["capacity": []])
            try await fleet.apply()
            #expect(try await fleet.names() == ["big-1", "web-1", "web-2"])
            let finished = try await fleet.botfleet("sessions", "--instance", "big-1", "--format", "json").json()
            #expect(finished.list.map { $0.at("outcome")?.text } == ["succeeded"])
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func bootScriptThatCannotBeUploadedStopsOnlyWhatRunsIt() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("web")
            try fleet.deploy("old")
            try await fleet.apply()
            let settings = try String(contentsOf: fleet.folder.appending(path: "fleet/fleet.yaml"), encoding: .utf8)
            try fleet.write("fleet/fleet.yaml", settings + "\nboot: {script: boot/common.sh}\n")
            try fleet.write("boot/common.sh", "#!/bin/sh\necho ready\n")
            try fleet.remove("fleet/deployments/old.yaml")
            try await manners.set(["faults": [["action": "PUT object", "kind": "AccessDenied", "times": 1]]])
            let failed = try await fleet.botfleet("apply", "--auto-approve")
            #expect(failed.status == 1)
            #expect(failed.output.contains("failed  fleet.\(fleet.name): S3 PutObject"), "\(failed.output)")
            #expect(failed.output.contains("instance.web-1"), "\(failed.output)")
            #expect(try await fleet.names() == ["web-1"], "what goes still goes")
            #expect(try await fleet.planned() == ["update instance.web-1"])
            try await fleet.apply()
            #expect(try await fleet.planned() == [])
        }
    }

    @Test func imageThatIsGoneFailsItsInstanceAndIsRememberedWithWhatToDo() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "image: ami-00000000")
            try fleet.deploy("other")
            let failed = try await fleet.botfleet("apply", "--auto-approve")
            #expect(failed.status == 1)
            #expect(
                failed.output.contains("failed  instance.web-1: no image in eu-west-1 matches ami-00000000"),
                "\(failed.output)")
            #expect(try await fleet.names() == ["other-1"])
            let row = try await fleet.botfleet("instances", "web-1", "--format", "json").json()
            #expect(row.at("last_error")?.text?.contains("no image in eu-west-1") == true)
            let sessions = try await fleet.botfleet("sessions", "--instance", "web-1", "--format", "json").json()
            #expect(sessions.at(0, "attempts") == 1)
            #expect(sessions.at(0, "error")?.text?.contains("no image in eu-west-1") == true)
            try fleet.deploy("web")
            try await fleet.apply()
            #expect(try await fleet.names() == ["other-1", "web-1"])
        }
    }

    @Test func answersLostAfterTheirEffectMakeNothingTwice() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("web", "count: 2")
            try await manners.set([
                "client_tokens": true,
                "faults": [
                    ["action": "RunInstances", "kind": "reset", "when": "after", "times": 1],
                    ["action": "CreateSecurityGroup", "kind": "reset", "when": "after", "times": 1],
                ],
            ])
            // Whether the first apply saw it through or said that it did not, the second ends it.
            _ = try await fleet.botfleet("apply", "--auto-approve")
            try await fleet.apply()
            try await expectWhole(fleet, ["web-1", "web-2"], "lost answers to making")
            try await manners.set([
                "faults": [["action": "TerminateInstances", "kind": "reset", "when": "after", "times": 1]]
            ])
            try fleet.deploy("web", "count: 1")
            _ = try await fleet.botfleet("apply", "--auto-approve")
            try await fleet.apply()
            try await expectWhole(fleet, ["web-1"], "lost answer to terminating")
        }
    }

    @Test func answersThatNeverComeLeaveTheStepOpenForTheNextApply() async throws {
        try await mannered { fleet, manners in
            try fleet.deploy("web")
            try fleet.deploy("other")
            // More often than botfleet tries, so that the outcome stays unknown.
            try await manners.set([
                "client_tokens": true,
                "faults": [["action": "RunInstances", "kind": "500", "when": "after", "times": 40]],
            ])
            let failed = try await fleet.botfleet("apply", "--auto-approve")
            #expect(failed.status == 1)
            #expect(failed.output.contains(", 2 failed."), "\(failed.output)")
            let open = try await fleet.database.mysql(
                "SELECT action, COUNT(*) FROM steps WHERE outcome = 'open' GROUP BY action")
            #expect(open == [["RunInstances", "2"]])
            try await manners.set(["faults": []])
            try await fleet.apply()
            try await expectWhole(fleet, ["other-1", "web-1"], "unknown outcome")
        }
    }

    @Test func groupThatFailsStopsOnlyItsUsersInstances() async throws {
        try await mannered { fleet, manners in
            try fleet.write(
                "fleet/users.yaml",
                """
                - {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [203.0.113.7]}
                - {email: ben@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [203.0.113.8]}

                """)
            try fleet.deploy("web")
            try await fleet.apply()
            try fleet.deploy("web", "count: 2")
            try fleet.write("fleet/deployments/bens.yaml", "name: bens\nuser: ben@example.com\nbot: watch\n")
            try await manners.set([
                "faults": [["action": "CreateSecurityGroup", "kind": "UnauthorizedOperation", "status": 403]]
            ])
            let failed = try await fleet.botfleet("apply", "--auto-approve")
            #expect(failed.status == 1)
            #expect(failed.output.contains(", 1 failed, 1 skipped."), "\(failed.output)")
            #expect(failed.output.contains("failed  security_group.eu-west-1/ben@example.com: "))
            #expect(failed.output.contains("skipped instance.bens-1"), "\(failed.output)")
            #expect(try await fleet.names() == ["web-1", "web-2"])
            try await manners.set(["faults": []])
            try await fleet.apply()
            try await expectWhole(fleet, ["bens-1", "web-1", "web-2"], "group mended")
        }
    }

    // MARK: Witnesses

    private func mannered(_ body: (TestFleet, EC2Manners) async throws -> Void) async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await TestFleet.with(endpoint: manners.endpoint) { try await body($0, manners) }
        }
    }

    /// Expects exactly these instances, one group, recorded as they are, with no step open and nothing left to do.
    private func expectWhole(_ fleet: TestFleet, _ names: [String], _ when: String) async throws {
        let live = try await fleet.witnessed()
        #expect(live.map(\.name) == names, "\(when)")
        let rows = try await fleet.database.mysql("SELECT instance_id FROM instances ORDER BY instance_id")
        #expect(rows.map { $0[0] } == live.map(\.id).sorted(), "\(when)")
        let groups = try await fleet.sandbox.aws(
            ["ec2", "describe-security-groups", "--filters", "Name=tag:botfleet:fleet,Values=\(fleet.name)"],
            endpoint: fleet.moto)
        let users = Set(live.compactMap { $0.tags["User Email"] })
        #expect(groups.at("SecurityGroups")?.list.count == users.count, "\(when)")
        #expect(
            try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'") == [["0"]], "\(when)")
        #expect(try await fleet.planned() == [], "\(when)")
    }
}
