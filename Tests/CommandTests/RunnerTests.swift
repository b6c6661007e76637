import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Starts, stops and what people hold, by the runner and by hand (SPEC 2, 3, 6).
@Suite struct RunnerTests {
    /// A fleet with a moto and EC2's manners of its own, on a schedule whose next transition is a minute ahead.
    private func withFleet(
        manners settings: JSONValue = [:], _ body: (TestFleet, EC2Manners) async throws -> Void
    ) async throws {
        try await TestFleet.behindManners { fleet, manners in
            try await manners.set(settings)
            try fleet.write(
                "schedules/hours.yaml",
                "name: hours\ntimezone: UTC\nweek: [{days: everyday, start: \"08:00\", stop: \"18:00\"}]\n")
            try await body(fleet, manners)
        }
    }

    /// Applies at seven, when all is stopped by the schedule, and gives the fleet as it is just after eight.
    private func atEight(_ fleet: TestFleet) async throws -> TestFleet {
        try await fleet.under(clock: "2026-11-23T07:00:00Z", rate: 1).apply()
        return fleet.under(clock: "2026-11-23T08:00:05Z", rate: 1)
    }

    private func sessions(_ fleet: TestFleet, _ condition: String = "TRUE") async throws -> [String] {
        try await fleet.database.mysql(
            "SELECT instance, action, outcome, source, attempts FROM sessions WHERE \(condition) ORDER BY scheduled_for, id"
        ).map { $0.joined(separator: " ") }
    }

    @discardableResult
    private func duty(_ fleet: TestFleet, _ arguments: String...) async throws -> CommandResult {
        try await run(
            [botfleetBinary.path, "duty"] + arguments, environment: fleet.environment, in: fleet.folder,
            timeout: .seconds(240))
    }

    @Test func dueStartsAreBatchedByFiftyAndConfirmedByOnePage() async throws {
        try await withFleet { fleet, manners in
            try fleet.deploy("web", "count: 60\nschedule: hours")
            let eight = try await atEight(fleet)
            try await duty(eight, "instance:start")
            try await duty(eight, "instance:start")
            #expect(try await fleet.witnessed().count { $0.state == "running" } == 60)
            // All stopped by one's own hand; the next start finds machines.
            let evening = fleet.under(clock: "2026-11-23T18:00:05Z", rate: 1)
            let before = try await manners.counts()
            try await duty(evening, "instance:stop")
            let between = try await manners.counts()
            #expect((between["StopInstances"] ?? 0) - (before["StopInstances"] ?? 0) == 2)
            #expect((between["DescribeInstances"] ?? 0) == (before["DescribeInstances"] ?? 0))
            try await duty(evening, "instance:stop")
            let after = try await manners.counts()
            #expect((after["StopInstances"] ?? 0) == (between["StopInstances"] ?? 0))
            #expect((after["DescribeInstances"] ?? 0) - (between["DescribeInstances"] ?? 0) == 1)
            #expect(try await sessions(fleet, "action = 'stop' AND outcome = 'succeeded'").count == 60)
            #expect(try await fleet.witnessed().allSatisfy { $0.state == "stopped" })
        }
    }

    @Test func dutyWithNothingDueCallsNoAWS() async throws {
        try await withFleet { fleet, manners in
            try fleet.deploy("web", "count: 2\nschedule: hours")
            let seven = fleet.under(clock: "2026-11-23T07:00:00Z", rate: 1)
            try await seven.apply()
            let before = try await manners.counts()
            let result = try await duty(seven, "instance:start")
            #expect(result.status == 0, "\(result.errors)")
            try await duty(seven, "instance:stop")
            #expect(try await manners.counts() == before)
        }
    }

    @Test func refusedBatchIsHalvedUntilTheOneAtFaultStandsAlone() async throws {
        try await withFleet(manners: ["strict_states": true]) { fleet, manners in
            try fleet.deploy("web", "count: 8\nschedule: hours")
            let eight = try await atEight(fleet)
            try await duty(eight, "instance:start")
            try await manners.settle()
            try await duty(eight, "instance:start")
            let evening = fleet.under(clock: "2026-11-23T18:00:05Z", rate: 1)
            try await duty(evening, "instance:stop")
            try await duty(evening, "instance:stop")
            // One machine is gone behind our back: EC2 refuses every batch that names it.
            let victim = try #require(try await fleet.witnessed().first { $0.name == "web-3" })
            _ = try await fleet.sandbox.aws(
                ["ec2", "terminate-instances", "--instance-ids", victim.id], endpoint: fleet.moto)
            let morning = fleet.under(clock: "2026-11-24T08:00:05Z", rate: 1)
            let result = try await duty(morning, "instance:start")
            #expect(result.status == 1)
            #expect(result.errors.contains("web-3"), "\(result.errors)")
            #expect(!result.errors.contains("web-4"), "\(result.errors)")
            // moto moves what it started when it is next asked.
            try await waitUntil("all but the victim run", timeout: .seconds(30)) {
                try await fleet.witnessed().filter { $0.state == "running" }.map(\.name)
                    == ["web-1", "web-2", "web-4", "web-5", "web-6", "web-7", "web-8"]
            }
            let pending = try await sessions(fleet, "outcome = 'pending' AND attempts > 0")
            #expect(pending == ["web-3 start pending schedule 1"])
            let again = try await fleet.database.mysql(
                "SELECT TIMESTAMPDIFF(SECOND, scheduled_for, next_attempt_at) FROM sessions WHERE instance = 'web-3' "
                    + "AND outcome = 'pending'")
            #expect((Int(again[0][0]) ?? 0) >= 60, "tried again after a minute at the earliest")
        }
    }

    @Test func noCapacityTakesTheNextTypeOrTheNextTryAndHoldsUpNobodyElse() async throws {
        let capacity: JSONValue = ["capacity": [["instance_type": "c5.large"]]]
        try await withFleet(manners: capacity) { fleet, manners in
            try fleet.deploy("listed", "instance_type: [c5.large, t3.small]\nschedule: hours")
            try fleet.deploy("alone", "instance_type: c5.large\nschedule: hours")
            try fleet.deploy("plain", "count: 2\nschedule: hours")
            let eight = try await atEight(fleet)
            let result = try await duty(eight, "instance:start")
            #expect(result.status == 1)
            try await duty(eight, "instance:start")
            #expect(
                try await fleet.witnessed().map { "\($0.name) \($0.type) \($0.state)" } == [
                    "listed-1 t3.small running", "plain-1 t3.medium running", "plain-2 t3.medium running",
                ])
            #expect(try await sessions(fleet, "instance = 'alone-1'") == ["alone-1 start pending schedule 1"])
            let row = try await fleet.database.mysql("SELECT error FROM sessions WHERE instance = 'alone-1'")
            #expect(row[0][0].contains("InsufficientInstanceCapacity"), "\(row)")
            // A minute is not over yet: nothing is tried.
            try await manners.set(["capacity": []])
            try await duty(eight, "instance:start")
            #expect(try await sessions(fleet, "instance = 'alone-1'") == ["alone-1 start pending schedule 1"])
            let later = fleet.under(clock: "2026-11-23T08:02:00Z", rate: 1)
            try await duty(later, "instance:start")
            try await duty(later, "instance:start")
            #expect(try await sessions(fleet, "instance = 'alone-1'") == ["alone-1 start succeeded schedule 2"])
        }
    }

    @Test(arguments: ["RequestLimitExceeded", "500"])
    func throttlingAndFaultsOfTheServerAreRetriedWithinTheCall(kind: String) async throws {
        try await withFleet { fleet, manners in
            try fleet.deploy("web", "count: 3\nschedule: hours")
            let eight = try await atEight(fleet)
            try await duty(eight, "instance:start")
            try await duty(eight, "instance:start")
            let evening = fleet.under(clock: "2026-11-23T18:00:05Z", rate: 1)
            try await manners.set("faults", to: [["action": "StopInstances", "kind": .string(kind), "times": 2]])
            let result = try await duty(evening, "instance:stop")
            #expect(result.status == 0, "\(result.errors)")
            try await duty(evening, "instance:stop")
            #expect(try await sessions(fleet, "action = 'stop' AND outcome = 'succeeded'").count == 3)
            #expect(try await fleet.witnessed().allSatisfy { $0.state == "stopped" })
        }
    }

    @Test func callThatHangsHoldsUpNoOtherRegionAndIsTriedAgain() async throws {
        try await withFleet { fleet, manners in
            try fleet.writeTwoRegions()
            try fleet.deploy("web", "schedule: hours")
            try fleet.deploy("far", "schedule: hours\nregion: us-east-2")
            let eight = try await atEight(fleet)
            // The first launch hangs, whichever region's it is; the other goes on meanwhile.
            try await manners.set(
                "faults", to: [["action": "RunInstances", "kind": "hang", "seconds": 600, "times": 1]])
            let runner = try eight.startRunner()
            try await waitUntil("one of both runs", timeout: .seconds(180)) {
                try await sessions(fleet, "outcome = 'succeeded'").count == 1
            }
            await runner.kill()
            // Killed over the call that hung: the next runner finishes it from the journal, once the leases have run out.
            let next = try eight.startRunner()
            try await waitUntil("both run", timeout: .seconds(120)) {
                try await sessions(fleet, "outcome = 'succeeded'").count == 2
            }
            next.send(SIGTERM)
            #expect(try await next.wait().status == 0)
            let live = try await fleet.witnessed(in: ["eu-west-1", "us-east-2"]).map(\.name)
            #expect(live == ["web-1", "far-1"])
        }
    }

    @Test func overrideStandsUntilItsEndAndIsListedAndRemovable() async throws {
        try await withFleet { fleet, _ in
            try fleet.deploy("web", "count: 2\nschedule: hours")
            let eight = try await atEight(fleet)
            try await duty(eight, "instance:start")
            try await duty(eight, "instance:start")
            let stopped = try await eight.botfleet("stop", "web-1", "--for", "2h")
            #expect(stopped.status == 0, "\(stopped.errors)")
            #expect(stopped.output.hasPrefix("web-1: stopped until 2026-11-23T10:00:"))
            #expect(try await fleet.witnessed().map { "\($0.name) \($0.state)" } == ["web-1 stopped", "web-2 running"])
            #expect(try await eight.planned() == [], "power that an override explains is no drift")
            let status = try await eight.botfleet("status", "--format", "json").json()
            #expect(status.at("overrides", 0, "instance")?.text == "web-1")
            // Its end is a transition to what the schedule wants.
            let ten = fleet.under(clock: "2026-11-23T10:30:00Z", rate: 1)
            try await duty(ten, "instance:start")
            try await duty(ten, "instance:start")
            #expect(try await sessions(fleet, "source = 'override'") == ["web-1 start succeeded override 1"])
            #expect(try await fleet.database.mysql("SELECT instance FROM power_overrides") == [])
            // Without an end it lasts until the schedule's next transition; --clear takes it away before.
            let again = try await ten.botfleet("stop", "web")
            #expect(again.output.contains("web-1: stopped until 2026-11-23T18:00:00Z"), "\(again.output)")
            #expect(try await fleet.witnessed().allSatisfy { $0.state == "stopped" })
            let cleared = try await ten.botfleet("start", "web", "--clear")
            #expect(cleared.status == 0, "\(cleared.errors)")
            #expect(try await fleet.witnessed().allSatisfy { $0.state == "running" })
        }
    }

    @Test func holdAndSuspendedUserWinOverStartAndSayWhy() async throws {
        try await withFleet { fleet, _ in
            try fleet.deploy("web", "schedule: hours\nhold: {state: stopped, reason: \"site under repair\"}")
            let eight = try await atEight(fleet)
            let held = try await eight.botfleet("start", "web")
            #expect(held.status == 1)
            #expect(held.errors.contains("'web-1' stays as it is: stopped by hold"), "\(held.errors)")
            #expect(held.errors.contains("site under repair"), "\(held.errors)")
            #expect(try await fleet.database.mysql("SELECT instance FROM power_overrides") == [])
            try fleet.deploy("web", "schedule: hours")
            try fleet.write(
                "fleet/users.yaml",
                "- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, status: suspended, "
                    + "allowed_ips: [203.0.113.7]}\n")
            try await eight.apply()
            let suspended = try await eight.botfleet("start", "web")
            #expect(suspended.status == 1)
            #expect(suspended.errors.contains("the user is suspended"), "\(suspended.errors)")
            #expect(try await fleet.names() == [])
        }
    }

    @Test func startByHandIsLeftAloneUnlessTheScheduleEnforces() async throws {
        try await withFleet { fleet, _ in
            try fleet.write(
                "schedules/strict.yaml",
                "name: strict\ntimezone: UTC\nenforce: true\nweek: [{days: everyday, start: \"08:00\", stop: \"18:00\"}]\n"
            )
            try fleet.deploy("free", "schedule: hours")
            try fleet.deploy("strict", "schedule: strict")
            let eight = try await atEight(fleet)
            try await duty(eight, "instance:start")
            try await duty(eight, "instance:start")
            for machine in try await fleet.witnessed() {
                _ = try await fleet.sandbox.aws(
                    ["ec2", "stop-instances", "--instance-ids", machine.id], endpoint: fleet.moto)
            }
            let nine = fleet.under(clock: "2026-11-23T09:00:00Z", rate: 1)
            #expect(try await duty(nine, "instance:sync").status == 0)
            try await duty(nine, "instance:start")
            try await duty(nine, "instance:start")
            #expect(
                try await fleet.witnessed().map { "\($0.name) \($0.state)" } == ["free-1 stopped", "strict-1 running"])
            #expect(try await sessions(fleet, "source = 'enforce'") == ["strict-1 start succeeded enforce 1"])
            let rows = try await fleet.database.mysql("SELECT name, state FROM instances ORDER BY name")
            #expect(rows == [["free-1", "stopped"], ["strict-1", "running"]], "what was done by hand is recorded")
        }
    }

    @Test func dutyAtATimeIsRefusedBeforeTheCursorAndAfterNow() async throws {
        try await withFleet { fleet, _ in
            try fleet.deploy("web", "schedule: hours")
            let eight = try await atEight(fleet)
            let early = try await duty(eight, "instance:start", "--at", "2026-11-22T08:00:00Z")
            #expect(early.status == 1)
            #expect(early.errors.contains("is before 2026-11-23T07:00:"), "\(early.errors)")
            let late = try await duty(eight, "instance:start", "--at", "2026-11-24T08:00:00Z")
            #expect(late.status == 1)
            #expect(late.errors.contains("is after now"), "\(late.errors)")
            #expect(try await sessions(fleet) == [])
            let right = try await duty(eight, "instance:start", "--at", "2026-11-23T08:00:00Z")
            #expect(right.status == 0, "\(right.errors)")
            #expect(try await sessions(fleet) == ["web-1 start pending schedule 0"])
        }
    }

    @Test func runnerAnswersHealthAndMetricsAndKeepsDutiesToItself() async throws {
        try await withFleet { fleet, _ in
            try fleet.deploy("web", "schedule: hours")
            let seven = fleet.under(clock: "2026-11-23T07:00:00Z", rate: 1)
            try await seven.apply()
            let runner = try seven.startRunner()
            let address = try await seven.address(of: runner)
            try await seven.expectHealth(address, "\"ready\":true")
            let metrics = try await run(["curl", "-s", "--noproxy", "*", "\(address)/metrics"]).output
            #expect(metrics.contains("# TYPE botfleet_duty_runs_total counter"))
            #expect(metrics.contains(#"botfleet_duty_runs_total{duty="instance:start",outcome="succeeded"} 1"#))
            let held = try await duty(seven, "instance:start")
            #expect(held.status == 75)
            #expect(held.errors.contains("botfleet run does this already"), "\(held.errors)")
            let duties = try await seven.botfleet("duties", "--format", "json").json()
            #expect(duties.at(0, "name")?.text == "instance:start")
            #expect(duties.at(0, "outcome")?.text == "succeeded")
            #expect(duties.at(0, "runner")?.text?.isEmpty == false)
            let status = try await seven.botfleet("status", "--format", "json").json()
            #expect(status.at("runners")?.list.count == 1)
            runner.send(SIGTERM)
            #expect(try await runner.wait().status == 0)
            let after = try await seven.botfleet("status", "--format", "json").json()
            #expect(after.at("runners")?.list.count == 0, "a runner that ended gives its leases back")
        }
    }

    @Test func runnerWithATokenAnswersWhoeverHasItAlone() async throws {
        try await withFleet { fleet, _ in
            try await fleet.apply()
            var guarded = fleet
            guarded.variables["BOTFLEET_DASHBOARD_TOKEN"] = "open-sesame"
            let runner = try guarded.startRunner()
            let address = try await guarded.address(of: runner)
            func status(_ path: String, _ token: String?) async throws -> String {
                let header = token.map { ["--header", "Authorization: Bearer \($0)"] } ?? []
                let command = ["curl", "-s", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code}", address + path]
                return try await run(command + header).output
            }
            for path in ["/metrics", "/healthz"] {
                #expect(try await status(path, nil) == "401")
                #expect(try await status(path, "open-sesam") == "401")
            }
            #expect(try await status("/metrics", "open-sesame") == "200")
            #expect(try await status("/healthz/live", nil) == "200")
            runner.send(SIGTERM)
            #expect(try await runner.wait().status == 0)
            #expect(!runner.errorsSoFar.contains("open-sesame"))
        }
    }

    @Test func runnerRefusesWhatItCannotDoInOneLine() async throws {
        try await withFleet { fleet, _ in
            var transcript = Transcript()
            transcript.add("no schema", try await fleet.refused("run", "--listen", "127.0.0.1:0"), of: fleet)
            try await fleet.apply()
            transcript.add("no address", try await fleet.refused("run", "--listen", "nowhere"), of: fleet)
            transcript.add("no token", try await fleet.refused("run", "--listen", "0.0.0.0:8080"), of: fleet)
            transcript.add("no fleet", try await fleet.refused("run", "--fleet", "other"), of: fleet)
            transcript.add(
                "clock",
                try await fleet.refused(
                    "run", environment: ["BOTFLEET_TEST_CLOCK": "now", "AWS_ENDPOINT_URL": "https://ec2.example.com"]),
                of: fleet)
            expectGolden(transcript.text, "runner-refusals")
            let misuses = [
                (["duty", "instance:fly"], "There is no duty 'instance:fly'"),
                (["stop", "web", "--for", "1h", "--clear"], "--for, --until and --clear exclude each other."),
                (["stop", "web", "--for", "soon"], "'soon' is no length of time: 90s, 30m, 2h, 1d."),
            ]
            for (arguments, words) in misuses {
                let result = try await run(
                    [botfleetBinary.path] + arguments, environment: fleet.environment, in: fleet.folder)
                #expect(result.status == 64)
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }
}
