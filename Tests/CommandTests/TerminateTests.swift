import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// `terminate` and `restore` against moto and MariaDB, by the real program (SPEC 3, 6).
@Suite struct TerminateTests {
    private func withFleet(
        _ fields: String = "count: 2\nwhen_lost: restore\nparameters: {speed: 7}",
        _ body: (TestFleet, EC2Manners) async throws -> Void
    ) async throws {
        try await TestFleet.behindManners { fleet, manners in
            try fleet.deploy("web", fields)
            try await fleet.apply()
            try await body(fleet, manners)
        }
    }

    private func states(of fleet: TestFleet) async throws -> [String] {
        try await fleet.database.mysql("SELECT name, state FROM instances ORDER BY name")
            .map { $0.joined(separator: " ") }
    }

    private func parameters(of fleet: TestFleet) async throws -> JSONValue {
        let file = fleet.folder.appending(path: ".git/params.json").path
        _ = try await fleet.sandbox.aws(
            ["s3api", "get-object", "--bucket", fleet.bucket, "--key", "instances/web-1/params.json", file],
            endpoint: fleet.moto)
        return try CanonicalJSON.decode(JSONValue.self, from: String(contentsOfFile: file, encoding: .utf8))
    }

    @Test func terminatedInstanceStaysSoUntilItIsRestored() async throws {
        try await withFleet { fleet, _ in
            let before = try await parameters(of: fleet)
            let result = try await fleet.botfleet("terminate", "web-1")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix("web-1: terminated i-"), "\(result.output)")
            #expect(try await fleet.names() == ["web-2"])
            // Neither a sync, nor a tick, nor an apply brings it back.
            #expect(try await fleet.botfleet("duty", "instance:sync").status == 0)
            #expect(try await fleet.botfleet("duty", "instance:start").status == 0)
            try await fleet.apply()
            #expect(try await fleet.names() == ["web-2"])
            #expect(try await states(of: fleet) == ["web-1 terminated", "web-2 running"])
            let again = try await fleet.botfleet("terminate", "web-1")
            #expect(again.status == 0 && again.output == "web-1: terminated before\n")

            let restored = try await fleet.botfleet("restore", "web-1")
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(try await fleet.names() == ["web-1", "web-2"])
            #expect(try await states(of: fleet) == ["web-1 running", "web-2 running"])
            let after = try await parameters(of: fleet)
            #expect(after.at("parameters") == before.at("parameters"))
            #expect(after.at("bundle") == before.at("bundle"))
            let sessions = try await fleet.database.mysql(
                "SELECT action, outcome, source FROM sessions WHERE instance = 'web-1' ORDER BY id")
            #expect(
                sessions == [
                    ["start", "succeeded", "apply"], ["stop", "succeeded", "manual"],
                    ["start", "succeeded", "restore"],
                ])
            let nothing = try await fleet.botfleet("restore", "web-1")
            #expect(nothing.status == 0 && nothing.output == "web-1: is there; nothing to restore\n")
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func restoreInTheBackgroundIsTheRunnersToCarryOut() async throws {
        try await withFleet { fleet, _ in
            let terminated = try await fleet.botfleet("terminate", "web")
            #expect(terminated.status == 0, "\(terminated.errors)")
            #expect(try await fleet.names() == [])
            #expect(try await fleet.botfleet("restore", "web", "--background").status == 0)
            #expect(try await fleet.names() == [])
            #expect(try await fleet.botfleet("duty", "instance:start").status == 0)
            #expect(try await fleet.names() == ["web-1", "web-2"])
        }
    }

    @Test func protectedOrTooManyAreRefused() async throws {
        try await withFleet("count: 2\nprotect: true") { fleet, _ in
            let refused = try await fleet.botfleet("terminate", "web-1")
            #expect(refused.status == 1 && refused.errors.contains("'web-1' is protected"), "\(refused.errors)")
            try fleet.write(
                "fleet/fleet.yaml",
                """
                name: \(fleet.name)
                aws: {region: eu-west-1, bucket: \(fleet.bucket)}
                database: {url: "mysql://nobody@127.0.0.1:1/none?tls=off"}
                guards: {max_terminations: 1}
                """)
            try fleet.deploy("web", "count: 2")
            try await fleet.apply()
            let many = try await fleet.botfleet("terminate", "web")
            #expect(many.status == 1 && many.errors.contains("--allow-terminations 2"), "\(many.errors)")
            #expect(try await fleet.names() == ["web-1", "web-2"])
            #expect(try await fleet.botfleet("terminate", "web", "--allow-terminations", "2").status == 0)
            #expect(try await fleet.names() == [])
        }
    }

    @Test func terminationWhoseAnswerNeverCameIsFinishedBySync() async throws {
        try await withFleet { fleet, manners in
            try await manners.set([
                "faults": [["action": "TerminateInstances", "kind": "hang", "seconds": 60, "times": 1]]
            ])
            let killed = try fleet.start("terminate", "web-1")
            try await waitUntil("the call is under way", timeout: .seconds(60)) {
                try await states(of: fleet).contains("web-1 terminating")
            }
            await killed.kill()
            #expect(try await fleet.names() == ["web-1", "web-2"], "AWS never heard of it")
            try await waitUntil("it is finished", timeout: .seconds(90)) {
                _ = try await fleet.botfleet("duty", "instance:sync")
                return try await states(of: fleet) == ["web-1 terminated", "web-2 running"]
            }
            #expect(try await fleet.names() == ["web-2"])
        }
    }
}
