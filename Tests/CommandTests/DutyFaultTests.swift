import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Every duty that looks at AWS or at git: run twice at once, and killed half way, it comes to the same as run once (SPEC 6).
@Suite struct DutyFaultTests {
    /// Forgets what duties record, so that they begin anew.
    private static let forgetting = """
        DELETE FROM objects; DELETE FROM upload_lists; DELETE FROM bot_catalogue; DELETE FROM bot_sources; DELETE FROM images; \
        DELETE FROM quotas; DELETE FROM vcpu_usage; DELETE FROM leftovers; UPDATE duties SET position_at = NULL; \
        UPDATE instances SET up_time_since = NULL, objects_due_at = UTC_TIMESTAMP(6), storage_gb = NULL, public_ip = NULL
        """

    /// What they record, less times.
    private static let records = [
        "SELECT path, instance, type, size FROM objects ORDER BY path", "SELECT object_key FROM upload_lists",
        "SELECT source, name, bundle_key, definition FROM bot_catalogue ORDER BY name",
        "SELECT name, commit_id, last_error FROM bot_sources",
        "SELECT region, image_id, name, gone_since IS NULL FROM images ORDER BY image_id",
        "SELECT region, instance_type, instances, vcpus FROM vcpu_usage",
        "SELECT kind, resource_id FROM leftovers ORDER BY kind",
        "SELECT name, state, up_time_since, storage_gb, public_ip, absent_since FROM instances ORDER BY name",
        "SELECT COUNT(*) FROM steps WHERE outcome = 'open'",
    ]

    @Test(arguments: [
        "instance:sync", "instance:calculate-up-time", "instance:clean", "aws:sync-amis", "sync:folders",
        "bots:sync-local",
    ])
    func dutyTwiceAtOnceOrKilledHalfWayComesToTheSameAsOnce(duty: String) async throws {
        try await TestFleet.behindManners { fleet, _ in
            try await prepare(fleet)
            try await forget(fleet)
            try await succeeds(duty, fleet)
            let once = try await records(of: fleet)

            try await forget(fleet)
            async let first = fleet.botfleet("duty", duty)
            async let second = fleet.botfleet("duty", duty)
            let results = try await [first, second]
            #expect(results.map(\.status) == [0, 0], "\(results.map(\.errors))")
            #expect(try await records(of: fleet) == once)

            for milliseconds in [40, 90, 160, 260] {
                try await forget(fleet)
                let killed = try fleet.start("duty", duty)
                try await Task.sleep(for: .milliseconds(milliseconds))  // that is the fault: wherever it is by then
                await killed.kill()
                try await forgetLeases(fleet)
                try await succeeds(duty, fleet)
                #expect(try await records(of: fleet) == once, "killed after \(milliseconds) ms")
            }
        }
    }

    private func prepare(_ fleet: TestFleet) async throws {
        let source = fleet.folder.appending(path: ".git/source")
        try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
        _ = try source.write(
            "/** ABOUT\n{\"name\": \"shot\", \"description\": \"d\"}\n*/\n/** PARAMS\n[]\n*/\n", to: "shot.js")
        try await succeed(["git", "init", "-q", "-b", "main"], in: source)
        try await succeed(["git", "add", "-A"], in: source)
        try await succeed(
            ["git", "-c", "user.name=Anna", "-c", "user.email=anna@example.com", "commit", "-q", "-m", "bots"],
            in: source)
        try fleet.write("bots/puppeteer.yaml", "source: puppeteer\nurl: file://\(source.path)\n")
        try fleet.deploy("web", "count: 3\nstate: running")
        try await fleet.apply()
        let lines = (1...3).map {
            "{\"key\":\"streamer-data/web-1/logs/\($0).log\",\"size\":4,\"last_modified\":\"2026-11-25T12:00:00Z\"}\n"
        }
        let list = try fleet.folder.write(lines.joined(), to: ".git/list.jsonl").path
        let object = try fleet.folder.write("text", to: ".git/object").path
        let files =
            [("uploads/20261125T120000Z-web-1.jsonl", list)]
            + (1...3).map { ("streamer-data/web-1/logs/\($0).log", object) }
            + (1...3).map { ("streamer-data/web-2/output/json/\($0).json", object) }
        for (key, file) in files {
            _ = try await fleet.sandbox.aws(
                ["s3api", "put-object", "--bucket", fleet.bucket, "--key", key, "--body", file], endpoint: fleet.moto)
        }
        _ = try await fleet.sandbox.aws(
            [
                "ec2", "create-security-group", "--group-name", "left", "--description", "left",
                "--tag-specifications",
                "ResourceType=security-group,Tags=[{Key=\(Tag.fleet),Value=\(fleet.name)},"
                    + "{Key=\"\(Tag.userEmail)\",Value=left@example.com}]",
            ], endpoint: fleet.moto)
    }

    private func forget(_ fleet: TestFleet) async throws { try await fleet.database.mysql(Self.forgetting) }

    /// As if the time of a dead process's leases had passed.
    private func forgetLeases(_ fleet: TestFleet) async throws {
        try await fleet.database.mysql("UPDATE leases SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
    }

    private func succeeds(_ duty: String, _ fleet: TestFleet) async throws {
        let result = try await fleet.botfleet("duty", duty)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func records(of fleet: TestFleet) async throws -> [[[String]]] {
        var all: [[[String]]] = []
        for query in Self.records { all.append(try await fleet.database.mysql(query)) }
        return all
    }
}
