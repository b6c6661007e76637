import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// restart, allow-ip and the queue against moto and MariaDB, by the real program (SPEC 3, 6).
@Suite struct JobTests {
    private func withFleet(
        _ fields: String = "count: 2\nstate: running", _ body: (TestFleet, EC2Manners) async throws -> Void
    ) async throws {
        try await TestFleet.behindManners { fleet, manners in
            try fleet.deploy("web", fields)
            try await fleet.apply()
            try await body(fleet, manners)
        }
    }

    private func outcomes(of fleet: TestFleet) async throws -> [String] {
        try await fleet.database.mysql("SELECT kind, outcome, attempts FROM jobs ORDER BY id")
            .map { $0.joined(separator: " ") }
    }

    private func sessions(of fleet: TestFleet) async throws -> [String] {
        try await fleet.database.mysql(
            "SELECT instance, action, outcome FROM sessions WHERE source = 'manual' ORDER BY instance, id"
        ).map { $0.joined(separator: " ") }
    }

    /// Ports and blocks of a user's group, by the AWS CLI.
    private func openings(of fleet: TestFleet) async throws -> [String] {
        let answer = try await fleet.sandbox.aws(
            ["ec2", "describe-security-groups", "--filters", "Name=tag:botfleet:fleet,Values=\(fleet.name)"],
            endpoint: fleet.moto)
        let permissions = answer.at("SecurityGroups")?.list.flatMap { $0.at("IpPermissions")?.list ?? [] } ?? []
        return permissions.flatMap { permission -> [String] in
            let blocks =
                (permission.at("IpRanges")?.list ?? []).compactMap { $0.at("CidrIp")?.text }
                + (permission.at("Ipv6Ranges")?.list ?? []).compactMap { $0.at("CidrIpv6")?.text }
            return blocks.map { "\(permission.at("FromPort").map { "\($0)" } ?? "?") \($0)" }
        }
    }

    private func blocks(of fleet: TestFleet) async throws -> Set<String> {
        Set(try await openings(of: fleet).compactMap { $0.split(separator: " ").last.map(String.init) })
    }

    // MARK: restart

    @Test func restartedInstanceIsStoppedAndStartedWithASessionOfEach() async throws {
        try await withFleet { fleet, manners in
            let before = try await fleet.witnessed()
            let result = try await fleet.botfleet("restart", "web-1")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == "web-1: restarted\n")
            #expect(try await sessions(of: fleet) == ["web-1 stop succeeded", "web-1 start succeeded"])
            let counts = try await manners.counts()
            #expect(counts["StopInstances"] == 1 && counts["StartInstances"] == 1)
            #expect(try await fleet.witnessed().map(\.id) == before.map(\.id))
            #expect(try await outcomes(of: fleet) == ["restart succeeded 1"])
            #expect(try await fleet.database.mysql("SELECT instance FROM power_overrides") == [])
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func restartThatWasKilledBetweenItsHalvesIsFinishedByARunner() async throws {
        try await withFleet { fleet, manners in
            try await manners.set(["stopping_seconds": 20])
            let restart = try fleet.start("restart", "web-1")
            try await waitUntil("the stop was called", timeout: .seconds(60)) {
                try await manners.counts()["StopInstances"] == 1
            }
            await restart.kill()
            // Its claim would run out by itself within a minute.
            try await fleet.database.mysql("UPDATE jobs SET claimed_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
            let runner = try fleet.start("run", "--listen", "127.0.0.1:0")
            try await waitUntil("the restart is done", timeout: .seconds(120)) {
                try await outcomes(of: fleet) == ["restart succeeded 2"]
            }
            await runner.kill()
            let done = try await sessions(of: fleet)
            #expect(done == ["web-1 stop succeeded", "web-1 start succeeded"])
            #expect(try await fleet.witnessed().map(\.state) == ["running", "running"])
            // Where the kill came before the answer, the runner asks again: to AWS that is one stop.
            #expect(try await [1, 2].contains(manners.counts()["StopInstances"]))
            #expect(try await manners.counts()["StartInstances"] == 1)
        }
    }

    @Test func instanceThatDoesNotRunIsNotRestartedAndTheOthersAre() async throws {
        try await withFleet { fleet, _ in
            _ = try await fleet.botfleet("stop", "web-1")
            let result = try await fleet.botfleet("restart", "web")
            #expect(result.status == 1)
            #expect(result.errors.contains("'web-1' is not running, but stopped"), "\(result.errors)")
            #expect(result.output == "web-2: restarted\n")
            #expect(try await fleet.witnessed().map(\.state) == ["stopped", "running"])
        }
    }

    // MARK: allow-ip

    @Test func addressIsLetInUntilItsTimeAndNeverTakenForDrift() async throws {
        try await withFleet { fleet, _ in
            let before = try await openings(of: fleet)
            let result = try await fleet.botfleet("allow-ip", "Anna@example.com", "198.51.100.9")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix("anna@example.com: 198.51.100.9/32 is let in until "), "\(result.output)")
            let open = try await openings(of: fleet)
            #expect(Set(open).subtracting(before).count == 3 && open.count == before.count + 3, "\(open)")
            #expect(try await fleet.planned().isEmpty)
            // An apply that changes the group keeps it.
            try fleet.write(
                "fleet/users.yaml",
                "- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [203.0.113.8]}\n")
            try await fleet.apply()
            #expect(try await blocks(of: fleet) == ["203.0.113.8/32", "198.51.100.9/32"])
            let users = try await fleet.botfleet("users", "anna@example.com", "--format", "json").json()
            #expect(users.at("grants")?.list.count == 1)
            // Its time has come.
            try await fleet.database.mysql(
                "UPDATE user_grants SET until_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND; "
                    + "UPDATE jobs SET available_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
            let runner = try fleet.start("run", "--listen", "127.0.0.1:0")
            try await waitUntil("it is shut out again", timeout: .seconds(60)) {
                try await blocks(of: fleet) == ["203.0.113.8/32"]
            }
            try await waitUntil("that is recorded", timeout: .seconds(30)) {
                try await outcomes(of: fleet) == ["close-ip succeeded 1"]
            }
            await runner.kill()
            #expect(try await fleet.database.mysql("SELECT source FROM user_grants") == [])
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func cleaningShutsOutWhatNoRunnerDid() async throws {
        try await withFleet { fleet, _ in
            _ = try await fleet.botfleet("allow-ip", "anna@example.com", "2001:db8::/64", "--until", "never")
            #expect(try await blocks(of: fleet) == ["203.0.113.7/32", "2001:db8::/64"])
            #expect(try await outcomes(of: fleet) == [], "what never ends needs nobody to end it")
            // The same address ends now, and stays for it is in allowed_ips as well.
            _ = try await fleet.botfleet("allow-ip", "anna@example.com", "203.0.113.7")
            try await fleet.database.mysql("UPDATE user_grants SET until_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
            let result = try await fleet.botfleet("duty", "instance:clean")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await blocks(of: fleet) == ["203.0.113.7/32"])
            #expect(try await fleet.planned().isEmpty)
        }
    }

    @Test func addressesThatCannotBeLetInAreRefusedWithNothingChanged() async throws {
        try await withFleet { fleet, manners in
            let refusals = [
                (["anna@example.com", "0.0.0.0/0"], "'0.0.0.0/0' would let everybody in", 1),
                (["ana@example.com", "198.51.100.9"], "did you mean 'anna@example.com'?", 1),
                (["anna@example.com", "198.51.100.9", "--until", "soon"], "'soon' is no time", 1),
                (["anna@example.com", "198.51.100.9", "--until", "2020-01-01T00:00:00Z"], "is over already", 1),
                (["anna@example.com", "198.51.100"], "'198.51.100' is no address or network", 64),
            ]
            for (arguments, text, status) in refusals {
                let result = try await run(
                    [botfleetBinary.path, "allow-ip"] + arguments, environment: fleet.environment, in: fleet.folder)
                #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
            }
            for number in 1...17 {
                _ = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.\(number)")
            }
            _ = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.18")
            let full = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.19", "--background")
            #expect(full.status == 0)
            let last = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.20")
            #expect(last.status == 0 || last.errors.contains("AWS takes 60"), "\(last.errors)")
            let over = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.21")
            #expect(over.status == 1 && over.errors.contains("AWS takes 60"), "\(over.errors)")
            #expect(try await openings(of: fleet).count <= 60)
            #expect(
                try await fleet.database.mysql("SELECT COUNT(*) FROM user_grants WHERE source LIKE '198.51.100.21%'")
                    == [["0"]])
        }
    }

    // MARK: The queue

    @Test func jobsInTheBackgroundAreDoneByARunnerWithTheirSessions() async throws {
        try await withFleet { fleet, _ in
            for arguments in [["stop", "web-1"], ["restart", "web-2"], ["sync", "objects"], ["sync", "instances"]] {
                let result = try await run(
                    [botfleetBinary.path] + arguments + ["--background"], environment: fleet.environment,
                    in: fleet.folder)
                #expect(result.status == 0 && result.output.hasPrefix("job "), "\(result.output)\(result.errors)")
            }
            #expect(
                try await outcomes(of: fleet)
                    == ["stop queued 0", "restart queued 0", "sync queued 0", "sync queued 0"])
            let unknown = try await fleet.botfleet("restart", "web-9", "--background")
            #expect(unknown.status == 1 && unknown.errors.contains("there is no instance 'web-9'"), "\(unknown.errors)")
            let runner = try fleet.start("run", "--listen", "127.0.0.1:0")
            try await waitUntil("all jobs are done", timeout: .seconds(120)) {
                try await outcomes(of: fleet)
                    == ["stop succeeded 1", "restart succeeded 1", "sync succeeded 1", "sync succeeded 1"]
            }
            try await waitUntil("the sessions are done", timeout: .seconds(60)) {
                try await sessions(of: fleet)
                    == ["web-1 stop succeeded", "web-2 stop succeeded", "web-2 start succeeded"]
            }
            await runner.kill()
            #expect(try await fleet.witnessed().map(\.state) == ["stopped", "running"])
        }
    }

    @Test func jobThatFailsIsTriedAgainThenGivenUpListedAndRetried() async throws {
        try await withFleet("count: 1\nstate: running\nprotect: true") { fleet, _ in
            _ = try await fleet.botfleet("terminate", "web-1", "--background")
            let runner = try fleet.start("run", "--listen", "127.0.0.1:0")
            try await waitUntil("it is given up, since it is refused", timeout: .seconds(60)) {
                try await outcomes(of: fleet) == ["terminate failed 1"]
            }
            let list = try await fleet.botfleet("jobs", "--outcome", "failed", "--format", "json").json().list
            let id = try #require(try await fleet.database.mysql("SELECT id FROM jobs").first?.first)
            #expect(list.count == 1)
            #expect(list.first?.at("error")?.text?.contains("protected") == true)
            try fleet.deploy("web", "count: 1\nstate: running")
            try await fleet.apply()
            let again = try await fleet.botfleet("jobs", id, "--retry")
            #expect(again.status == 0 && again.output == "job \(id): queued again\n", "\(again.errors)")
            try await waitUntil("it is done", timeout: .seconds(60)) {
                try await outcomes(of: fleet) == ["terminate succeeded 1"]
            }
            await runner.kill()
            #expect(try await fleet.names() == [])
            let twice = try await fleet.botfleet("jobs", id, "--retry")
            #expect(twice.status == 1 && twice.errors.contains("was not given up: it is succeeded"), "\(twice.errors)")
        }
    }

    @Test func jobThatAWSKeepsFromBeingDoneWaitsForItsNextTry() async throws {
        try await withFleet { fleet, manners in
            try await manners.set([
                "faults": [
                    ["action": "AuthorizeSecurityGroupIngress", "kind": "RequestLimitExceeded", "times": 1000]
                ]
            ])
            _ = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.9", "--background")
            let runner = try fleet.start("run", "--listen", "127.0.0.1:0")
            try await waitUntil("its first try failed", timeout: .seconds(200)) {
                try await outcomes(of: fleet).first == "allow-ip queued 1"
            }
            try await manners.set(["faults": []])
            try await waitUntil("a later one worked", timeout: .seconds(60)) {
                try await outcomes(of: fleet).first?.hasPrefix("allow-ip succeeded") == true
            }
            await runner.kill()
            #expect(try await blocks(of: fleet) == ["203.0.113.7/32", "198.51.100.9/32"])
        }
    }

    @Test func twoRunnersDoEachJobOnce() async throws {
        try await withFleet("count: 1\nstate: running") { fleet, manners in
            for number in 1...12 {
                _ = try await fleet.botfleet("allow-ip", "anna@example.com", "198.51.100.\(number)", "--background")
            }
            let runners = try [1, 2].map { _ in try fleet.start("run", "--listen", "127.0.0.1:0") }
            try await waitUntil("all are done", timeout: .seconds(120)) {
                try await fleet.database.mysql(
                    "SELECT COUNT(*) FROM jobs WHERE kind = 'allow-ip' AND outcome = 'succeeded'") == [["12"]]
            }
            for runner in runners { await runner.kill() }
            #expect(try await blocks(of: fleet).count == 13)
            #expect(
                try await fleet.database.mysql("SELECT COUNT(*) FROM jobs WHERE kind = 'close-ip'") == [["12"]],
                "each was let in once")
            #expect(try await fleet.planned().isEmpty)
        }
    }
}
