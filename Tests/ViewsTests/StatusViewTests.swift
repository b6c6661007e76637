import FleetModel
import FleetTestSupport
import Testing

@testable import Views

@Suite struct StatusViewTests {
    @Test func fleetIsShownAtAGlance() { expectGolden(StatusView.text(busy), "status") }

    @Test func fleetOnColourTerminalIsTheSameText() {
        let colored = StatusView.text(busy, style: Style(color: true))
        #expect(colored.replacing(#/\u{1B}\[\d+m/#, with: "") == StatusView.text(busy))
        #expect(colored.contains("\u{1B}[31m1 lost\u{1B}[0m"))
    }

    @Test func statusAsJSONIsGolden() { expectGolden(StatusView.render(busy, as: .json), "status-json") }

    @Test func newFleetSaysWhatToDo() {
        let empty = FleetStatus(
            fleet: "acme", accountID: nil, now: Samples.now, instances: [:], unmanaged: 0, deployments: [], due: [],
            drift: nil, lastApply: nil, runners: [])
        expectGolden(StatusView.render(empty, as: .table), "status-new")
    }

    @Test func dueStartsAndStopsAreSortedAndBounded() {
        var status = busy
        status.due = (0..<14).reversed().map {
            DueTransition(at: Samples.now + $0 * 60, local: nil, action: .stop, deployment: "d\($0)", instances: 1)
        }
        let text = StatusView.text(status)
        #expect(text.contains("stop now") && text.contains("2026-11-23 07:09 UTC"))
        #expect(text.hasSuffix("… and 4 more\n") && !text.contains(" d10 "))
    }

    @Test func failedApplySaysWhyAndFromWhichCommit() {
        var status = busy
        status.lastApply?.record.outcome = .failed
        status.lastApply?.record.error = "1 of 3 changes failed"
        status.lastApply?.record.dirty = true
        status.lastApply?.record.author = nil
        #expect(
            StatusView.text(status).contains(
                "failed 40s ago by anna@laptop, commit 0123456789ab (dirty): 1 of 3 changes failed\n"))
    }

    @Test func hostileValuesReachNoTerminal() {
        var status = busy
        status.fleet = Samples.hostile
        status.lastApply?.record.author = Samples.hostile
        status.runners[0].holder.host = Samples.hostile
        status.due[0].deployment = Samples.hostile
        status.deployments[0].power = Samples.hostile
        #expect(isHarmless(StatusView.text(status)))
        #expect(isHarmless(StatusView.json(status)))
    }

    private var busy: FleetStatus {
        FleetStatus(
            fleet: "acme", accountID: "123456789012", now: Samples.now,
            instances: [.running: 4, .stopped: 2, .lost: 1, .launching: 1], unmanaged: 1,
            deployments: [
                DeploymentRow(
                    Deployment(
                        name: "price", user: "ken@example.jp", bot: "price-watch", count: 2, power: .schedule("nights")),
                    region: "us-east-2", states: [.stopped: 2], power: "stopped by nights until Mon 22:00"),
                DeploymentRow(
                    Deployment(
                        name: "linkedin-watch", user: "anna@example.com", bot: "linkedin-track-companies", count: 6),
                    region: "eu-west-1", states: [.running: 4, .lost: 1, .launching: 1], power: "running by its state"),
            ],
            due: [
                DueTransition(
                    at: Samples.now + 7_200, local: "Mon 22:00", action: .start, deployment: "price", instances: 2),
                DueTransition(
                    at: Samples.now + 300, local: nil, action: .stop, deployment: "linkedin-watch", instances: 6),
            ],
            drift: 2,
            lastApply: ApplyRow(
                id: 17,
                record: ApplyRecord(
                    author: "Anna <anna@example.com>", operatorName: "anna@laptop", commit: Samples.commit,
                    dirty: false,
                    summary: ["create": 3], outcome: .succeeded), startedAt: Samples.now - 100,
                finishedAt: Samples.now - 40),
            runners: [
                RunnerRow(
                    holder: LeaseHolder(id: "x", host: "runner-a", pid: 4_711, user: "bots", purpose: "botfleet run"),
                    since: Samples.now - 90_000, seenAt: Samples.now - 4)
            ])
    }
}
