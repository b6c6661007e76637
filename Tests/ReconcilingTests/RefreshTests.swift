import FleetModel
import Planning
import Testing

@testable import Reconciling

@Suite struct RefreshTests {
    private let now = Instant(seconds: 1_800_000_000)

    private func recorded(_ state: InstanceState, pending: Session.Action? = nil) -> RecordedState {
        let row = RecordedInstance(
            name: "web-1", deployment: "web", region: "eu-west-1", user: "anna@example.com", state: state,
            instanceID: "i-1", instanceType: "t3.small", imageID: "ami-1", keyName: "anna")
        var result = RecordedState(instances: ["web-1": row])
        if let pending {
            result.pendingSessions["web-1"] = Session(
                instance: "web-1", deployment: "web", user: "anna@example.com", action: pending, scheduledFor: now - 60,
                outcome: .pending, source: .apply)
        }
        return result
    }

    private func observed(_ state: InstanceState, publicIP: String? = nil) -> ObservedState {
        let instance = ObservedInstance(
            instanceID: "i-1", region: "eu-west-1", state: state, instanceType: "t3.small", imageID: "ami-1",
            publicIP: publicIP)
        return ObservedState(regions: ["eu-west-1": ObservedRegion(instances: [instance])])
    }

    @Test func startThatCameThroughSettlesItsSessionAndItsRow() throws {
        let changes = Refresh.changes(
            recorded(.launching, pending: .start), observed(.running, publicIP: "192.0.2.1"), now: now)
        #expect(changes.count == 2)
        guard case .putInstance(let row)? = changes.first, case .putSession(let session)? = changes.last else {
            Issue.record("\(changes)")
            return
        }
        #expect(row.state == .running && row.publicIP == "192.0.2.1" && row.keyName == "anna")
        #expect(session.outcome == .succeeded && session.executedAt == now && session.attempts == 1)
    }

    @Test func sessionOnItsWayIsLeftPending() {
        let changes = Refresh.changes(recorded(.launching, pending: .start), observed(.launching), now: now)
        #expect(changes == [])
    }

    @Test func stopIsNotSettledByARunningInstance() {
        #expect(Refresh.changes(recorded(.running, pending: .stop), observed(.running), now: now) == [])
    }

    @Test(arguments: [InstanceState.terminated, .terminating])
    func instanceThatIsGoneIsLeftToTheSync(state: InstanceState) {
        #expect(Refresh.changes(recorded(.running, pending: .stop), observed(state), now: now) == [])
    }

    @Test func unmanagedInstanceIsNeverTouched() {
        var state = recorded(.running)
        state.instances["web-1"]?.managed = false
        #expect(Refresh.changes(state, observed(.stopped), now: now) == [])
    }
}
