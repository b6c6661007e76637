import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Runners that are killed, cut off and left behind: every transition has one session, and AWS ends as wanted (SPEC 2, 6).
@Suite(.serialized) struct RunnerFaultTests {
    /// Seconds for which runners are killed: a minute in CI, ten by `make torture`.
    private static let seconds = ProcessInfo.processInfo.environment["BOTFLEET_TORTURE"] == nil ? 60 : 600

    /// A schedule that starts every ten minutes and stops five minutes later, `rounds` times from 00:10 on, in UTC.
    private static func rapid(_ rounds: Int) -> String {
        let entries = (1...rounds).map { round in
            let start = round * 10
            let stop = start + 5
            return "  - {days: everyday, start: \"\(clock(start))\", stop: \"\(clock(stop))\"}"
        }
        return "name: rapid\ntimezone: UTC\nweek:\n" + entries.joined(separator: "\n") + "\n"
    }

    /// When its transitions are, starts and stops in turn.
    static func times(_ rounds: Int) -> [String] {
        var times: [String] = []
        for round in 1...rounds {
            for minutes in [round * 10, round * 10 + 5] { times.append("2026-11-23 \(clock(minutes)):00") }
        }
        return times
    }

    private static func clock(_ minutes: Int) -> String {
        let text = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(text(minutes / 60)):\(text(minutes % 60))"
    }

    @Test(.timeLimit(.minutes(60)))
    func killedRunnersLoseNoTransitionAndDoubleNone() async throws {
        var random = SeededGenerator(for: "killedRunnersLoseNoTransitionAndDoubleNone")
        // A minute of the fleet's clock is a second: transitions come every five seconds.
        let rounds = Self.seconds / 10 + 4
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await sandbox.withEC2Manners(before: moto) { manners in
                try await manners.set([
                    "client_tokens": true, "hidden_seconds": 1, "pending_seconds": 1, "stopping_seconds": 1,
                    "strict_states": true,
                ])
                try await TestFleet.with(moto: moto, endpoint: manners.endpoint) { plain in
                    let fleet = plain.under(clock: "2026-11-23T00:00:00Z", rate: 60)
                    try fleet.writeTwoRegions()
                    try fleet.write("schedules/rapid.yaml", Self.rapid(rounds))
                    try fleet.deploy("web", "count: 3\nschedule: rapid")
                    try fleet.deploy("far", "count: 2\nregion: us-east-2\nschedule: rapid")
                    try await fleet.apply()
                    let begin = try await fleet.cursors().min() ?? ""
                    var runners = try (0..<3).map { _ in try fleet.startRunner() }
                    let end = ContinuousClock.now + .seconds(Self.seconds)
                    var kills = 0
                    while ContinuousClock.now < end {
                        // The one thing waited for here is the moment of the kill itself.
                        try await Task.sleep(for: .seconds(Double.random(in: 2...6, using: &random)))
                        let victim = Int.random(in: 0..<runners.count, using: &random)
                        await runners[victim].kill()
                        kills += 1
                        runners[victim] = try fleet.startRunner()
                    }
                    // The last stop of the schedule is followed by nothing until the next day.
                    let last = "2026-11-23 \(Self.clock(rounds * 10 + 5)):00"
                    try await waitUntil(
                        "all is accounted for after \(kills) kills", timeout: .seconds(180), every: .seconds(1)
                    ) {
                        let pending = try await fleet.database.mysql(
                            "SELECT id FROM sessions WHERE outcome = 'pending'")
                        let cursors = try await fleet.cursors()
                        return pending.isEmpty && cursors.allSatisfy { $0 >= last }
                    }
                    for runner in runners { runner.send(SIGTERM) }
                    for runner in runners {
                        let result = try await runner.wait()
                        #expect(result.status == 0, "\(result.errors.suffix(2_000))")
                    }
                    try await fleet.expectEveryTransitionOnce(
                        instances: ["far-1", "far-2", "web-1", "web-2", "web-3"], after: begin, rounds: rounds)
                    let live = try await fleet.witnessed(in: ["eu-west-1", "us-east-2"])
                    #expect(live.allSatisfy { $0.state == "stopped" }, "\(live.map { "\($0.name) \($0.state)" })")
                    #expect(Set(live.map(\.name)).count == live.count, "two machines bear one name")
                    let open = try await fleet.database.mysql(
                        "SELECT address, action FROM steps WHERE outcome = 'open'")
                    #expect(open == [], "steps left open")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func runnerThatWasStoppedForThreeDaysCarriesOutTheLastTransitionWithinOneTick() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await TestFleet.with(moto: moto) { plain in
                try plain.write(
                    "schedules/hours.yaml",
                    "name: hours\ntimezone: Europe/Berlin\nweek: [{days: everyday, start: \"08:00\", stop: \"18:00\"}]\n"
                )
                try plain.deploy("web", "count: 2\nschedule: hours")
                // Monday 07:00 in Berlin.
                try await plain.under(clock: "2026-11-23T06:00:00Z", rate: 1).apply()
                #expect(try await plain.names() == [], "launched by its first start alone")
                // Thursday noon.
                let later = plain.under(clock: "2026-11-26T11:00:00Z", rate: 1)
                let runner = try later.startRunner()
                try await waitUntil("the start is done", timeout: .seconds(180)) {
                    let done = try await plain.database.mysql("SELECT id FROM sessions WHERE outcome = 'succeeded'")
                    return done.count == 2
                }
                runner.send(SIGTERM)
                #expect(try await runner.wait().status == 0)
                let sessions = try await plain.database.mysql(
                    "SELECT scheduled_for, action, outcome, source FROM sessions WHERE instance = 'web-1' ORDER BY id")
                #expect(
                    sessions.map { $0.joined(separator: " ") } == [
                        "2026-11-23 07:00:00.000000 start superseded schedule",
                        "2026-11-23 17:00:00.000000 stop superseded schedule",
                        "2026-11-24 07:00:00.000000 start superseded schedule",
                        "2026-11-24 17:00:00.000000 stop superseded schedule",
                        "2026-11-25 07:00:00.000000 start superseded schedule",
                        "2026-11-25 17:00:00.000000 stop superseded schedule",
                        "2026-11-26 07:00:00.000000 start succeeded schedule",
                    ])
                #expect(
                    try await plain.witnessed().map { "\($0.name) \($0.state)" } == ["web-1 running", "web-2 running"])
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func databaseAndThenAWSAwayForAMinuteIsSaidAndLosesNothing() async throws {
        let sandbox = try await Sandbox.shared()
        try await PrivateServer.run { server in
            try await sandbox.withPrivateMoto { moto in
                let port = try freePort()
                let proxy = try await sandbox.startManners(before: moto, port: port)
                try await TestFleet.with(moto: moto, endpoint: "http://127.0.0.1:\(port)") { plain in
                    var fleet = plain.under(clock: "2026-11-23T00:00:00Z", rate: 60)
                    fleet.variables["BOTFLEET_DATABASE_URL"] = "mysql://u@127.0.0.1:\(server.port)/t"
                    fleet.variables["BOTFLEET_DATABASE_PASSWORD"] = "right"
                    try fleet.write("schedules/rapid.yaml", Self.rapid(60))
                    try fleet.deploy("web", "count: 2\nschedule: rapid")
                    try await fleet.apply()
                    let runner = try fleet.startRunner()
                    let address = try await fleet.address(of: runner)
                    func sessions(_ condition: String) async throws -> Int {
                        try await server.sql("SELECT id FROM t.sessions WHERE \(condition)").split(separator: "\n")
                            .count
                    }
                    try await waitUntil("it works", timeout: .seconds(90)) {
                        try await sessions("outcome = 'succeeded'") >= 2
                    }
                    try await fleet.expectHealth(address, "\"ready\":true")

                    await server.kill()
                    try await fleet.expectHealth(address, "\"ready\":false")
                    let down = ContinuousClock.now + .seconds(60)
                    try await waitUntil("a minute is over", timeout: .seconds(90), every: .seconds(1)) {
                        try #require(runner.isRunning)
                        return ContinuousClock.now > down
                    }
                    let before = fleet.clockNow()
                    try await server.start()
                    try await waitUntil("it caught up with the database", timeout: .seconds(180)) {
                        try await sessions("scheduled_for > '\(before)' AND outcome IN ('succeeded', 'superseded')")
                            >= 2
                    }
                    try await fleet.expectHealth(address, "\"ready\":true")

                    await proxy.kill()
                    try await waitUntil("AWS is missed", timeout: .seconds(120)) {
                        try await fleet.health(address).contains("\"ready\":false")
                    }
                    let away = ContinuousClock.now + .seconds(60)
                    try await waitUntil("a minute is over", timeout: .seconds(90), every: .seconds(1)) {
                        try #require(runner.isRunning)
                        return ContinuousClock.now > away
                    }
                    let again = fleet.clockNow()
                    let second = try await sandbox.startManners(before: moto, port: port)
                    try await waitUntil("it caught up with AWS", timeout: .seconds(120)) {
                        try await sessions("scheduled_for > '\(again)' AND outcome = 'succeeded'") >= 2
                    }
                    try await fleet.expectHealth(address, "\"ready\":true")
                    runner.send(SIGTERM)
                    #expect(try await runner.wait().status == 0)
                    // Nothing was lost: each transition that the cursor passed has its session.
                    let cursor = try await server.sql("SELECT cursor_at FROM t.deployments").prefix(19)
                    let recorded = try await server.sql(
                        "SELECT scheduled_for FROM t.sessions WHERE instance = 'web-1' AND source = 'schedule' "
                            + "ORDER BY scheduled_for"
                    ).split(separator: "\n").map { String($0.prefix(19)) }
                    let first = recorded.first ?? ""
                    let expected = Self.times(60).filter { $0 >= first && $0 <= cursor }
                    #expect(recorded == expected)
                    await second.kill()
                }
            }
        }
    }
}

extension TestFleet {
    /// A runner on any free port.
    func startRunner() throws -> RunningProcess {
        var variables = environment
        // So that `scripts/sandbox down` ends it where a test that failed did not.
        variables["BOTFLEET_SANDBOX_SERVER"] = sandbox.environment["BOTFLEET_SANDBOX"]
        return try RunningProcess(
            [botfleetBinary.path, "run", "--listen", "127.0.0.1:0", "--log-format", "json"], environment: variables,
            in: folder, lifetime: .seconds(1_500))
    }

    /// Where a runner listens, once it says so.
    func address(of runner: RunningProcess) async throws -> String {
        var found = ""
        try await waitUntil("the runner listens", timeout: .seconds(180)) {
            found = runner.errorsSoFar.firstMatch(of: #/"listening":"(http:[^"]+)"/#).map { String($0.1) } ?? ""
            if found.isEmpty, !runner.isRunning {
                throw CommandFailure(command: runner.command, problem: "ended: \(runner.errorsSoFar)")
            }
            return !found.isEmpty
        }
        return found
    }

    /// What /healthz answers, whatever its status.
    func health(_ address: String) async throws -> String {
        try await run(
            ["curl", "--silent", "--noproxy", "*", "--max-time", "10", "\(address)/healthz"], environment: environment
        ).output
    }

    func expectHealth(_ address: String, _ text: String) async throws {
        try await waitUntil("/healthz says \(text)", timeout: .seconds(180), every: .milliseconds(200)) {
            try await health(address).contains(text)
        }
    }

    func writeTwoRegions() throws {
        try write(
            "fleet/regions.yaml",
            ["eu-west-1", "us-east-2"].map { "- {name: \($0), default_image: ami-785db401}\n" }.joined())
    }

    /// Up to when each deployment is accounted for.
    func cursors() async throws -> [String] {
        try await database.mysql("SELECT cursor_at FROM deployments").map { $0[0] }
    }

    /// What the test's clock shows now, as MySQL writes it.
    func clockNow() -> String {
        let parts = (variables["BOTFLEET_TEST_CLOCK"] ?? "").split(separator: "/")
        let times = parts.prefix(2).compactMap { Instant(rfc3339: $0) }
        guard times.count == 2, let rate = Int(parts.last ?? "") else { return "" }
        let passed = Int(Date.now.timeIntervalSince1970) - Int(times[0].seconds)
        return (times[1] + passed * rate).description.replacing("T", with: " ").replacing("Z", with: "")
    }

    /// Machines of several regions, by the AWS CLI.
    func witnessed(in regions: [String]) async throws -> [Witnessed] {
        var found: [Witnessed] = []
        for region in regions { found += try await witnessed(region: region) }
        return found
    }

    /// Each transition of the rapid schedule after a cursor has exactly one session of each instance, and none is pending.
    func expectEveryTransitionOnce(instances: [String], after begin: String, rounds: Int) async throws {
        let rows = try await database.mysql(
            "SELECT instance, scheduled_for, action, outcome FROM sessions WHERE source = 'schedule' "
                + "ORDER BY instance, scheduled_for")
        let expected = RunnerFaultTests.times(rounds).enumerated()
            .map { "\($1).000000 \($0.isMultiple(of: 2) ? "start" : "stop")" }.filter { $0 > begin }
        for instance in instances {
            let mine = rows.filter { $0[0] == instance }.map { "\($0[1]) \($0[2])" }
            #expect(mine == expected, "\(instance)")
        }
        #expect(rows.allSatisfy { $0[3] != "pending" })
        let worked = rows.count { $0[3] == "succeeded" }
        #expect(worked >= instances.count, "of \(rows.count) sessions only \(worked) succeeded")
    }
}

extension Sandbox {
    /// EC2's manners on a port of the test's choice, so that they can be killed and come back where they were.
    func startManners(before moto: String, port: Int) async throws -> RunningProcess {
        let program = repositoryRoot.appending(path: "Tests/EC2Manners/ec2_manners.py").path
        var variables = environment
        variables["BOTFLEET_SANDBOX_SERVER"] = environment["BOTFLEET_SANDBOX"]
        variables["PYTHONUNBUFFERED"] = "1"
        let process = try RunningProcess(
            [python, program, "--upstream", moto, "--port", String(port)], environment: variables,
            lifetime: .seconds(1_500))
        try await waitUntil("the manners listen", timeout: .seconds(30)) {
            guard process.isRunning else {
                throw CommandFailure(command: process.command, problem: "ended: \(process.errorsSoFar)")
            }
            return process.outputSoFar.contains("http://")
        }
        return process
    }
}
