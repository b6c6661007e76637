import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// instance:clean against moto and MariaDB, by the real program (SPEC 6).
@Suite struct CleanTests {
    /// A fleet whose group, key and history of anna nothing uses any more; another fleet's and one without tags stand beside.
    private func withLeftovers(_ body: (TestFleet, EC2Manners) async throws -> Void) async throws {
        try await TestFleet.behindManners { fleet, manners in
            for (name, tags) in [
                (
                    "botfleet-\(fleet.name)-left@example.com",
                    [Tag.fleet: fleet.name, Tag.userEmail: "left@example.com"]
                ),
                ("botfleet-other-anna", [Tag.fleet: "other", Tag.userEmail: "left@example.com"]), ("mine", [:]),
            ] {
                try await group(name, tags, fleet)
            }
            _ = try await fleet.sandbox.aws(
                [
                    "ec2", "create-key-pair", "--key-name", "left", "--tag-specifications",
                    "ResourceType=key-pair,Tags=[\(text([Tag.fleet: fleet.name, Tag.userEmail: "left@example.com"]))]",
                ], endpoint: fleet.moto)
            try fleet.deploy("web", "count: 1\nstate: running")
            try await fleet.apply()
            try await body(fleet, manners)
        }
    }

    private func text(_ tags: [String: String]) -> String {
        tags.sorted { $0.key < $1.key }.map { "{Key=\"\($0.key)\",Value=\"\($0.value)\"}" }.joined(separator: ",")
    }

    private func group(_ name: String, _ tags: [String: String], _ fleet: TestFleet) async throws {
        let specification =
            tags.isEmpty ? [] : ["--tag-specifications", "ResourceType=security-group,Tags=[\(text(tags))]"]
        _ = try await fleet.sandbox.aws(
            ["ec2", "create-security-group", "--group-name", name, "--description", "test"] + specification,
            endpoint: fleet.moto)
    }

    /// Names of all groups but the VPC's own, by the AWS CLI.
    private func groups(of fleet: TestFleet) async throws -> Set<String> {
        let answer = try await fleet.sandbox.aws(["ec2", "describe-security-groups"], endpoint: fleet.moto)
        return Set((answer.at("SecurityGroups")?.list ?? []).compactMap { $0.at("GroupName")?.text }).subtracting([
            "default"
        ])
    }

    private func keys(of fleet: TestFleet) async throws -> Set<String> {
        let answer = try await fleet.sandbox.aws(["ec2", "describe-key-pairs"], endpoint: fleet.moto)
        return Set((answer.at("KeyPairs")?.list ?? []).compactMap { $0.at("KeyName")?.text })
    }

    private func age(_ fleet: TestFleet) async throws {
        try await fleet.database.mysql("UPDATE leftovers SET unused_since = unused_since - INTERVAL 1 HOUR")
    }

    @Test func onlyTheFleetsOwnThatNothingUsedForAnHourIsDeleted() async throws {
        try await withLeftovers { fleet, _ in
            let used = "botfleet-\(fleet.name)-anna@example.com"
            let left = "botfleet-\(fleet.name)-left@example.com"
            let young = try await fleet.botfleet("duty", "instance:clean")
            #expect(young.status == 0, "\(young.errors)")
            #expect(try await groups(of: fleet) == [used, left, "botfleet-other-anna", "mine"])
            #expect(
                try await fleet.database.mysql("SELECT kind FROM leftovers ORDER BY kind") == [
                    ["key_pair"], ["security_group"],
                ])
            try await age(fleet)
            let old = try await fleet.botfleet("duty", "instance:clean")
            #expect(old.status == 0, "\(old.errors)")
            #expect(old.errors.contains("security_group.eu-west-1/left@example.com: deleted, since nothing used it"))
            #expect(try await groups(of: fleet) == [used, "botfleet-other-anna", "mine"])
            #expect(try await keys(of: fleet) == [])
            #expect(try await fleet.database.mysql("SELECT kind FROM leftovers") == [])
            let steps = try await fleet.database.mysql(
                "SELECT action, outcome FROM steps WHERE address LIKE '%left@%' ORDER BY action")
            #expect(steps == [["DeleteKeyPair", "done"], ["DeleteSecurityGroup", "done"]])
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func groupWhoseDeletionAnApplyWasRefusedGoesOnceNothingUsesIt() async throws {
        try await withLeftovers { fleet, manners in
            // A machine of somebody else's in anna's group: AWS keeps the group, whoever asks.
            let used = "botfleet-\(fleet.name)-anna@example.com"
            let machine = try await fleet.sandbox.aws(
                [
                    "ec2", "run-instances", "--image-id", "ami-785db401", "--instance-type", "t3.small",
                    "--security-groups", used,
                ], endpoint: fleet.moto)
            let id = try #require(machine.at("Instances")?.list.first?.at("InstanceId")?.text)
            try await manners.set(["groups_in_use": true])
            try fleet.remove("fleet/deployments/web.yaml")
            let refused = try await fleet.botfleet("apply", "--auto-approve")
            #expect(refused.status == 1 && refused.errors.contains("DependencyViolation"), "\(refused.errors)")
            _ = try await fleet.botfleet("duty", "instance:clean")
            try await age(fleet)
            let kept = try await fleet.botfleet("duty", "instance:clean")
            #expect(kept.status == 0, "\(kept.errors)")
            #expect(try await groups(of: fleet).contains(used), "a machine uses it")
            _ = try await fleet.sandbox.aws(["ec2", "terminate-instances", "--instance-ids", id], endpoint: fleet.moto)
            _ = try await fleet.botfleet("duty", "instance:clean")
            try await age(fleet)
            let gone = try await fleet.botfleet("duty", "instance:clean")
            #expect(gone.status == 0, "\(gone.errors)")
            #expect(try await !groups(of: fleet).contains(used))
            #expect(try await fleet.database.mysql("SELECT group_id FROM security_groups") == [])
        }
    }

    @Test func whatAnOpenStepNamesOrAnApplyMayTakeUpIsLeft() async throws {
        try await withLeftovers { fleet, _ in
            let left = "botfleet-\(fleet.name)-left@example.com"
            _ = try await fleet.botfleet("duty", "instance:clean")
            try await age(fleet)
            try await fleet.database.mysql(
                """
                REPLACE INTO leases (fleet_id, name, claim, holder_id, host, pid, os_user, purpose, acquired_at, expires_at) \
                SELECT id, 'apply', 'x', 'other', 'elsewhere', 1, 'anna', 'botfleet apply', UTC_TIMESTAMP(6), \
                UTC_TIMESTAMP(6) + INTERVAL 1 HOUR FROM fleets
                """)
            let held = try await fleet.botfleet("duty", "instance:clean")
            #expect(held.status == 0 && held.errors.contains("left for the next run"), "\(held.errors)")
            #expect(try await groups(of: fleet).contains(left))
            try await fleet.database.mysql(
                """
                DELETE FROM leases WHERE name = 'apply'; INSERT INTO steps (fleet_id, id, address, action, region, request, outcome) \
                SELECT id, 'open', 'security_group.eu-west-1/left@example.com', 'AuthorizeSecurityGroupIngress', 'eu-west-1', '{}', \
                'open' FROM fleets
                """)
            let open = try await fleet.botfleet("duty", "instance:clean")
            #expect(open.status == 0 && open.errors.contains("a step that names it is open"), "\(open.errors)")
            #expect(try await groups(of: fleet).contains(left))
        }
    }

    @Test func cleaningTwiceAtOnceOrKilledHalfWayEndsAsOnce() async throws {
        try await withLeftovers { fleet, manners in
            let left = "botfleet-\(fleet.name)-left@example.com"
            _ = try await fleet.botfleet("duty", "instance:clean")
            try await age(fleet)
            try await manners.set([
                "faults": [
                    ["action": "DeleteSecurityGroup", "kind": "hang", "seconds": 60, "when": "after", "times": 1]
                ]
            ])
            let killed = try fleet.start("duty", "instance:clean")
            try await waitUntil("moto has deleted the group", timeout: .seconds(60)) {
                try await !groups(of: fleet).contains(left)
            }
            await killed.kill()
            try await manners.set(["faults": []])
            async let first = fleet.botfleet("duty", "instance:clean")
            async let second = fleet.botfleet("duty", "instance:clean")
            let results = try await [first, second]
            #expect(results.map(\.status) == [0, 0], "\(results.map(\.errors))")
            #expect(try await keys(of: fleet) == [])
            // The step that was cut off is settled by the next apply.
            try await fleet.apply()
            #expect(try await fleet.database.mysql("SELECT COUNT(*) FROM steps WHERE outcome = 'open'") == [["0"]])
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func historyOlderThanRetentionIsPurgedAndNothingThatIsStillToBeDone() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "fleet/fleet.yaml",
                """
                name: \(fleet.name)
                aws: {region: eu-west-1, bucket: \(fleet.bucket)}
                database: {url: "mysql://nobody@127.0.0.1:1/none?tls=off"}
                retention: {sessions: 10d, events: 5d, journal: 2d}
                """)
            try await fleet.apply()
            let days = "SELECT 1 AS d UNION SELECT 3 UNION SELECT 6 UNION SELECT 11"
            let old = { (days: String) in "UTC_TIMESTAMP(6) - INTERVAL \(days) DAY" }
            try await fleet.database.mysql(
                """
                DELETE FROM events; DELETE FROM steps; \
                INSERT INTO sessions (fleet_id, instance, user_email, action, scheduled_for, outcome, source) SELECT f.id, 'web-1', \
                'anna@example.com', o.action, \(old("x.d")), o.outcome, 'manual' FROM fleets f JOIN (\(days)) x JOIN \
                (SELECT 'succeeded' AS outcome, 'start' AS action UNION SELECT 'pending', 'stop') o; \
                INSERT INTO events (fleet_id, token, ordinal, type, subject, payload, created_at) \
                SELECT f.id, 'old', x.d, 'Test', 'fleet.x', '{}', \(old("x.d")) FROM fleets f JOIN (\(days)) x; \
                INSERT INTO event_deliveries (event_id, sink, outcome) SELECT id, 'webhook', 'pending' FROM events WHERE ordinal = 6; \
                INSERT INTO steps (fleet_id, id, address, action, region, request, outcome, opened_at, settled_at) \
                SELECT f.id, CONCAT(o.outcome, x.d), 'instance.web-1', 'StopInstances', 'eu-west-1', '{}', o.outcome, \(old("x.d")), \
                IF(o.outcome = 'open', NULL, \(old("x.d"))) FROM fleets f JOIN (\(days)) x JOIN \
                (SELECT 'done' AS outcome UNION SELECT 'open') o; \
                INSERT INTO objects (fleet_id, path, instance, type, size, last_modified) \
                SELECT id, 'streamer-data/gone-1/a', 'gone-1', 'other', 1, UTC_TIMESTAMP(6) FROM fleets
                """)
            let result = try await fleet.botfleet("duty", "instance:clean")
            #expect(result.status == 0, "\(result.errors)")
            let count = { (query: String) async throws -> [[String]] in try await fleet.database.mysql(query) }
            #expect(
                try await count("SELECT outcome, COUNT(*) FROM sessions GROUP BY outcome ORDER BY outcome")
                    == [["pending", "4"], ["succeeded", "3"]])
            #expect(
                try await count("SELECT ordinal FROM events WHERE type = 'Test' ORDER BY ordinal") == [
                    ["1"], ["3"], ["6"],
                ])
            #expect(
                try await count("SELECT outcome, COUNT(*) FROM steps GROUP BY outcome ORDER BY outcome")
                    == [["done", "1"], ["open", "4"]])
            #expect(try await count("SELECT COUNT(*) FROM objects") == [["0"]])
        }
    }
}
