import Duties
import FleetModel
import Reconciling
import Testing

@testable import Runner

/// What /healthz and /metrics say of a runner's state.
@Suite struct RunnerPagesTests {
    private func pages(_ body: (inout RunnerState.Snapshot) -> Void = { _ in }) -> RunnerPages {
        let state = RunnerState()
        state.update {
            $0.lastTickAt = .now
            body(&$0)
        }
        return RunnerPages(
            state: state, fleet: "acme", startedAt: .now, statements: { 17 }, requests: { ["ec2:StartInstances": 2] })
    }

    @Test func runnerThatTickedIsReady() throws {
        let (isReady, body) = try pages { $0.regions = ["us-east-2", "eu-west-1"] }.health()
        #expect(isReady)
        let value = try CanonicalJSON.decode(JSONValue.self, from: body)
        #expect(value["ready"] == true && value["live"] == true && value["problem"] == .null)
        #expect(value["regions"] == ["eu-west-1", "us-east-2"])
    }

    @Test(arguments: [
        ("database: gone", { @Sendable (state: inout RunnerState.Snapshot) in state.databaseError = "gone" }),
        ("AWS: away", { @Sendable state in state.awsError = "away" }),
        ("it is draining", { @Sendable state in state.isDraining = true }),
        ("it has not done its first tick yet", { @Sendable state in state.lastTickAt = nil }),
        (
            "its last tick was 200 s ago",
            { @Sendable state in state.lastTickAt = .now - .milliseconds(200_500) }
        ),
    ])
    func runnerInTroubleIsLiveAndNotReadyAndSaysWhy(
        problem: String, trouble: @Sendable (inout RunnerState.Snapshot) -> Void
    ) throws {
        let (isReady, body) = try pages(trouble).health()
        #expect(!isReady)
        let value = try CanonicalJSON.decode(JSONValue.self, from: body)
        #expect(value["live"] == true && value["ready"] == false)
        #expect(value["problem"] == .string(problem))
    }

    @Test func metricsAreFamiliesWithHelpTypeAndSortedSamples() {
        var outcome = DutyOutcome()
        outcome.report.succeeded = 3
        outcome.report.failed = 1
        let state = RunnerState()
        state.count(.start, outcome, seconds: 0.25)
        state.count(.stop, DutyOutcome(), seconds: 2)
        let text = RunnerPages(
            state: state, fleet: "acme", startedAt: .now, statements: { 17 }, requests: { ["ec2:StartInstances": 2] }
        ).metrics()
        for line in [
            "# TYPE botfleet_duty_runs_total counter",
            #"botfleet_duty_runs_total{duty="instance:start",outcome="succeeded"} 1"#,
            #"botfleet_sessions_total{duty="instance:start",outcome="failed"} 1"#,
            #"botfleet_sessions_total{duty="instance:start",outcome="succeeded"} 3"#,
            #"botfleet_duty_last_duration_seconds{duty="instance:start"} 0.25"#,
            #"botfleet_aws_requests_total{operation="ec2:StartInstances"} 2"#, "botfleet_sql_statements_total 17",
        ] {
            #expect(text.contains(line + "\n"), "\(line) in\n\(text)")
        }
        #expect(text.split(separator: "\n").count { $0.hasPrefix("# HELP botfleet_up ") } == 1)
    }

    @Test func labelsAreEscapedAsTheFormatAsks() {
        var text = MetricsText()
        text.gauge("x", "A gauge.", [(["name": "a\"b\\c\nd"], 1.5)])
        #expect(text.text == "# HELP x A gauge.\n# TYPE x gauge\nx{name=\"a\\\"b\\\\c\\nd\"} 1.5\n")
    }

    @Test(arguments: ["127.0.0.1:8080", "127.0.0.2:0", "[::1]:8080"])
    func loopbackNeedsNoToken(address: String) throws {
        _ = try RunnerListener(address: address, token: nil)
    }

    @Test(arguments: ["0.0.0.0:8080", "10.0.0.1:80", "[::]:8080"])
    func whatOthersReachNeedsAToken(address: String) throws {
        #expect(throws: RunnerFailure.needsToken(address)) { try RunnerListener(address: address, token: nil) }
        #expect(throws: RunnerFailure.needsToken(address)) { try RunnerListener(address: address, token: "") }
        _ = try RunnerListener(address: address, token: "secret")
    }

    @Test(arguments: ["", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "localhost:80", "nowhere"])
    func whatIsNoAddressIsRefused(address: String) {
        #expect(throws: RunnerFailure.badAddress(address)) { try RunnerListener(address: address, token: "t") }
    }
}
