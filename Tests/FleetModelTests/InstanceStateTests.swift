import FleetModel
import Testing

@Suite struct InstanceStateTests {
    @Test func ec2sStatesHaveOurNames() {
        let states: [(String, InstanceState?)] = [
            ("pending", .launching), ("running", .running), ("shutting-down", .terminating),
            ("terminated", .terminated),
            ("stopping", .stopping), ("stopped", .stopped), ("", nil), ("Running", nil), ("rebooting", nil),
        ]
        for (name, state) in states { #expect(InstanceState(ec2: name) == state, "\(name)") }
    }

    @Test func aMachineIsThereFromLaunchUntilItsEnd() {
        let alive = InstanceState.allCases.filter(\.isAlive)
        #expect(alive == [.launching, .running, .stopping, .stopped])
    }

    @Test func statesAreNamedAsListsShowThem() {
        #expect(
            InstanceState.allCases.map(\.rawValue) == [
                "planned", "launching", "running", "stopping", "stopped", "terminating", "terminated", "lost",
            ])
    }

    @Test func wordsOfSessionsAreThoseOfTheSpecification() {
        #expect(Session.Action.allCases.map(\.rawValue) == ["start", "stop"])
        #expect(
            Session.Outcome.allCases.map(\.rawValue) == ["pending", "succeeded", "failed", "superseded", "skipped"])
        #expect(
            Session.Source.allCases.map(\.rawValue)
                == ["schedule", "hold", "override", "suspend", "enforce", "manual", "restore", "apply"])
    }
}
