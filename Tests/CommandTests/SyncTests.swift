import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// instance:sync, instance:calculate-up-time and aws:sync-amis against moto and MariaDB, by the real program (SPEC 6).
@Suite struct SyncTests {
    /// A fleet with a moto and EC2's manners of its own.
    private func withFleet(
        deployment fields: String = "count: 2\nwhen_lost: restore",
        _ body: (TestFleet, EC2Manners) async throws -> Void
    ) async throws {
        try await TestFleet.behindManners { fleet, manners in
            try fleet.deploy("web", fields)
            try await fleet.apply()
            try await body(fleet, manners)
        }
    }

    private func terminate(_ names: [String], of fleet: TestFleet) async throws {
        let ids = try await fleet.witnessed().filter { names.contains($0.name) }.map(\.id)
        try #require(ids.count == names.count)
        _ = try await fleet.sandbox.aws(
            ["ec2", "terminate-instances", "--instance-ids"] + ids, endpoint: fleet.moto)
    }

    private func states(of fleet: TestFleet) async throws -> [String] {
        try await fleet.database.mysql("SELECT name, state, managed FROM instances ORDER BY name")
            .map { $0.joined(separator: " ") }
    }

    private func launches(of fleet: TestFleet, _ manners: EC2Manners) async throws -> Int {
        try await manners.counts()["RunInstances"] ?? 0
    }

    /// A machine that somebody launches by the AWS CLI, and its id.
    private func launch(_ fleet: TestFleet, tags: [String: String]) async throws -> String {
        let texts = tags.sorted { $0.key < $1.key }.map { "{Key=\"\($0.key)\",Value=\"\($0.value)\"}" }
        let answer = try await fleet.sandbox.aws(
            [
                "ec2", "run-instances", "--image-id", "ami-785db401", "--instance-type", "t3.small",
                "--tag-specifications", "ResourceType=instance,Tags=[\(texts.joined(separator: ","))]",
            ], endpoint: fleet.moto)
        return try #require(answer.at("Instances")?.list.first?.at("InstanceId")?.text)
    }

    // MARK: Lost and restored

    @Test func instanceTerminatedBehindOurBackIsRestoredUnderItsNameByOneSync() async throws {
        try await withFleet { fleet, _ in
            let key = "streamer-data/web-1/screenshots/a.png"
            _ = try await fleet.sandbox.aws(
                ["s3api", "put-object", "--bucket", fleet.bucket, "--key", key], endpoint: fleet.moto)
            let before = try await fleet.witnessed()
            try await terminate(["web-1"], of: fleet)
            let result = try await fleet.botfleet("duty", "instance:sync")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("web-1 was lost, and is launched again"), "\(result.errors)")
            let after = try await fleet.witnessed()
            #expect(after.map(\.name) == ["web-1", "web-2"])
            #expect(after[0].id != before[0].id && after[1].id == before[1].id)
            #expect(try await fleet.botfleet("duty", "instance:start").status == 0)
            #expect(try await states(of: fleet) == ["web-1 running 1", "web-2 running 1"])
            let sessions = try await fleet.database.mysql(
                "SELECT instance, action, outcome FROM sessions WHERE source = 'restore'")
            #expect(sessions == [["web-1", "start", "succeeded"]])
            _ = try await fleet.sandbox.aws(
                ["s3api", "head-object", "--bucket", fleet.bucket, "--key", key], endpoint: fleet.moto)
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func twoSyncsAtOnceRestoreOnce() async throws {
        try await withFleet { fleet, manners in
            try await terminate(["web-1", "web-2"], of: fleet)
            let before = try await launches(of: fleet, manners)
            async let first = fleet.botfleet("duty", "instance:sync")
            async let second = fleet.botfleet("duty", "instance:sync")
            let results = try await [first, second]
            #expect(results.map(\.status) == [0, 0], "\(results.map(\.errors))")
            #expect(try await fleet.names() == ["web-1", "web-2"])
            #expect(try await launches(of: fleet, manners) - before == 2)
        }
    }

    @Test func lostInstanceIsOnlyReportedWhereThatIsAskedFor() async throws {
        try await withFleet(deployment: "count: 2\nwhen_lost: report") { fleet, manners in
            try await terminate(["web-1"], of: fleet)
            let before = try await launches(of: fleet, manners)
            let result = try await fleet.botfleet("duty", "instance:sync")
            #expect(result.status == 0 && result.errors.contains("web-1 was lost"), "\(result.errors)")
            let again = try await fleet.botfleet("sync", "instances")
            #expect(again.status == 0 && !again.errors.contains("web-1"), "\(again.errors)")
            #expect(try await states(of: fleet) == ["web-1 lost 1", "web-2 running 1"])
            #expect(try await launches(of: fleet, manners) == before)
        }
    }

    @Test func restoreThatWasKilledHalfWayIsFinishedOnce() async throws {
        try await withFleet { fleet, manners in
            try await terminate(["web-1"], of: fleet)
            // moto makes the machine, and its answer never comes.
            try await manners.set([
                "client_tokens": true,
                "faults": [["action": "RunInstances", "kind": "hang", "seconds": 60, "when": "after", "times": 1]],
            ])
            let killed = try fleet.start("duty", "instance:sync")
            try await waitUntil("the launch is under way", timeout: .seconds(60)) {
                try await fleet.names() == ["web-1", "web-2"]
            }
            await killed.kill()
            try await manners.set(["faults": []])
            try await waitUntil("the restored machine is known", timeout: .seconds(90)) {
                _ = try await fleet.botfleet("duty", "instance:sync")
                _ = try await fleet.botfleet("duty", "instance:start")
                return try await states(of: fleet) == ["web-1 running 1", "web-2 running 1"]
            }
            #expect(try await fleet.names() == ["web-1", "web-2"])
        }
    }

    // MARK: Alarms

    @Test func moreLostAtOnceThanTheGuardAllowsIsAnAlarmAndChangesNothing() async throws {
        try await withFleet(deployment: "count: 3\nwhen_lost: restore") { fleet, manners in
            try fleet.write(
                "fleet/fleet.yaml",
                """
                name: \(fleet.name)
                aws: {region: eu-west-1, bucket: \(fleet.bucket)}
                database: {url: "mysql://nobody@127.0.0.1:1/none?tls=off"}
                guards: {max_terminations: 1}
                """)
            try await fleet.apply()
            try await terminate(["web-1", "web-2"], of: fleet)
            let before = try await launches(of: fleet, manners)
            for _ in 0..<2 {
                let result = try await fleet.botfleet("duty", "instance:sync")
                #expect(result.status == 1)
                #expect(result.errors.contains("2 instances were lost at once (web-1, web-2)"), "\(result.errors)")
            }
            #expect(try await states(of: fleet) == ["web-1 running 1", "web-2 running 1", "web-3 running 1"])
            #expect(try await launches(of: fleet, manners) == before)
            let alarms = try await fleet.database.mysql("SELECT COUNT(*) FROM events WHERE type = 'SyncAlarm'")
            #expect(alarms == [["1"]], "an alarm is told once for as long as it lasts")
        }
    }

    @Test func endpointThatAnswersWithAnEmptyAccountIsAnAlarmAndChangesNothing() async throws {
        try await withFleet { fleet, manners in
            try await succeed([
                "curl", "--silent", "--fail", "--noproxy", "*", "-X", "POST", "\(fleet.moto)/moto-api/reset",
            ])
            let before = try await launches(of: fleet, manners)
            for _ in 0..<2 {
                let result = try await fleet.botfleet("duty", "instance:sync")
                #expect(result.status == 1)
                #expect(result.errors.contains("AWS shows nothing of this fleet in eu-west-1"), "\(result.errors)")
            }
            #expect(try await states(of: fleet) == ["web-1 running 1", "web-2 running 1"])
            #expect(
                try await fleet.database.mysql("SELECT COUNT(*) FROM instances WHERE absent_since IS NOT NULL") == [
                    ["0"]
                ])
            #expect(try await launches(of: fleet, manners) == before)
            #expect(
                try await fleet.database.mysql("SELECT COUNT(*) FROM events WHERE type = 'SyncAlarm'") == [["1"]])
        }
    }

    @Test func credentialsOfAnotherAccountAreAnAlarmAndChangeNothing() async throws {
        try await withFleet { fleet, manners in
            try await terminate(["web-1"], of: fleet)
            _ = try await fleet.database.mysql("UPDATE fleets SET account_id = '999999999999'")
            let before = try await launches(of: fleet, manners)
            let result = try await fleet.botfleet("sync", "instances")
            #expect(result.status == 1)
            #expect(result.errors.contains("belongs to AWS account 999999999999"), "\(result.errors)")
            #expect(try await states(of: fleet) == ["web-1 running 1", "web-2 running 1"])
            #expect(try await launches(of: fleet, manners) == before)
            #expect(
                try await fleet.database.mysql("SELECT COUNT(*) FROM events WHERE type = 'SyncAlarm'") == [["1"]])
        }
    }

    @Test func listingDeniedInOneRegionFailsThatRegionAlone() async throws {
        try await withFleet { fleet, manners in
            try fleet.write(
                "fleet/regions.yaml",
                "- {name: eu-west-1, default_image: ami-785db401}\n- {name: us-east-1, default_image: ami-785db401}\n")
            try fleet.deploy("far", "count: 2\nregion: us-east-1\nwhen_lost: restore")
            try await fleet.apply()
            try await manners.set([
                "faults": [["action": "DescribeInstances", "kind": "UnauthorizedOperation", "times": 1]]
            ])
            let before = try await launches(of: fleet, manners)
            let result = try await fleet.botfleet("duty", "instance:sync")
            #expect(result.status == 1)
            let refusals = result.errors.split(separator: "\n").filter { $0.contains("UnauthorizedOperation") }
            #expect(refusals.count == 1, "\(result.errors)")
            let duties = try await fleet.botfleet("duties", "instance:sync", "--format", "json").json()
            #expect(Set(duties.list.map { $0.at("outcome")?.text }) == ["failed", "succeeded"])
            #expect(try await states(of: fleet).allSatisfy { $0.hasSuffix("running 1") })
            #expect(try await launches(of: fleet, manners) == before)
        }
    }

    // MARK: Strangers

    @Test func knownUsersMachineIsListedNeverTouchedAndOfferedForAdoption() async throws {
        try await withFleet(deployment: "count: 1\nstate: stopped") { fleet, _ in
            let spare = try await launch(fleet, tags: ["Name": "spare", "User Email": "Anna@example.com"])
            let named = try await launch(fleet, tags: ["Name": "web-1", "User Email": "anna@example.com"])
            _ = try await launch(fleet, tags: ["Name": "hers", "User Email": "who@example.com"])
            _ = try await launch(
                fleet, tags: ["Name": "theirs", "User Email": "anna@example.com", "botfleet:fleet": "other"])
            let result = try await fleet.botfleet("duty", "instance:sync")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await states(of: fleet) == ["\(named) running 0", "spare running 0", "web-1 planned 1"])
            let row = try await fleet.database.mysql(
                "SELECT instance_id, instance_type, image_id, storage_gb > 0, launched_at IS NOT NULL "
                    + "FROM instances WHERE name = 'spare'")
            #expect(row == [[spare, "t3.small", "ami-785db401", "1", "1"]])
            // Its name is declared, and nothing is launched for it yet: a change of its file offers the machine.
            try fleet.deploy("web", "count: 1\nstate: running")
            #expect(try await fleet.planned().contains("adopt instance.web-1"))
            _ = try await fleet.sandbox.aws(
                ["ec2", "terminate-instances", "--instance-ids", spare], endpoint: fleet.moto)
            #expect(try await fleet.botfleet("duty", "instance:sync").status == 0)
            #expect(try await states(of: fleet) == ["\(named) running 0", "web-1 planned 1"])
        }
    }

    // MARK: Up time

    @Test func upTimeCountsFromAWSsLaunchTimeAndEndsAtItsStop() async throws {
        try await withFleet { fleet, _ in
            let later = Date.now.addingTimeInterval(7_260).formatted(.iso8601)
            let ahead = fleet.under(clock: later, rate: 1)
            let minutes = { (fleet: TestFleet) in
                try await fleet.database.mysql(
                    "SELECT up_time_minutes, total_up_time_minutes FROM instances WHERE name = 'web-1'"
                ).first?.compactMap { Int($0) } ?? []
            }
            for _ in 0..<2 {
                #expect(try await ahead.botfleet("duty", "instance:calculate-up-time").status == 0)
                let counted = try await minutes(ahead)
                #expect(counted.allSatisfy { (120...122).contains($0) }, "\(counted)")
            }
            // The clock was wrong by two hours: what is counted next is right again.
            #expect(try await fleet.botfleet("duty", "instance:calculate-up-time").status == 0)
            #expect(try await minutes(fleet).allSatisfy { $0 < 3 })
            let id = try #require(try await fleet.witnessed().first?.id)
            _ = try await fleet.sandbox.aws(["ec2", "stop-instances", "--instance-ids", id], endpoint: fleet.moto)
            #expect(try await ahead.botfleet("duty", "instance:calculate-up-time").status == 0)
            let stopped = try await minutes(fleet)
            #expect(stopped.first == 0 && (stopped.last ?? 99) < 3, "\(stopped)")
        }
    }

    // MARK: Images and quotas

    @Test func imagesAndProcessorsAreRecordedAndAnUnknownQuotaIsNoError() async throws {
        try await withFleet { fleet, _ in
            let answer = try await fleet.sandbox.aws(
                [
                    "ec2", "create-image", "--name", "mine",
                    "--instance-id", try #require(try await fleet.witnessed().first?.id),
                ], endpoint: fleet.moto)
            let image = try #require(answer.at("ImageId")?.text)
            #expect(try await fleet.botfleet("duty", "aws:sync-amis").status == 0)
            let images = try await fleet.botfleet("images", "--format", "json").json().list
            let shown = Dictionary(
                images.map { ($0.at("image_id")?.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
            #expect(shown[image]?.at("name")?.text == "mine")
            #expect(shown["ami-785db401"]?.at("default") == .boolean(true))
            #expect(shown["ami-785db401"]?.at("architecture")?.text == "x86_64")
            let region = try #require(try await fleet.botfleet("regions", "--format", "json").json().list.first)
            #expect(region.at("vcpus_used") == .integer(4))
            #expect(region.at("vcpus_by_type", "t3.medium") == .integer(4))
            #expect(region.at("vcpu_quota") == .null)
            _ = try await fleet.sandbox.aws(
                ["ec2", "deregister-image", "--image-id", image], endpoint: fleet.moto)
            #expect(try await fleet.botfleet("sync", "images").status == 0)
            let again = try await fleet.botfleet("images", image, "--format", "json").json()
            #expect(again.at("gone") == .boolean(true), "\(again)")
        }
    }
}
