import FleetModel
import Planning
import Testing

/// What a complete listing means for each row and each machine (SPEC 6): the truth table of instance:sync.
@Suite struct SyncDecisionTests {
    private static let now = Instant(seconds: 1_800_000_000)
    private static let decision = SyncDecision(
        fleet: "acme", users: ["anna@example.com"], now: now, lostAfter: 600)

    /// Whose a machine is by its tags.
    enum Tagged: CaseIterable, Sendable {
        case ours, knownUsers, unknown, otherFleets

        var tags: [String: String] {
            switch self {
            case .ours: [Tag.fleet: "acme", Tag.name: "web-1", Tag.userEmail: "Anna@Example.com"]
            case .knownUsers: [Tag.name: "web-1", Tag.userEmail: "Anna@Example.com"]
            case .unknown: [Tag.name: "web-1", Tag.userEmail: "who@example.com"]
            case .otherFleets: [Tag.fleet: "other", Tag.name: "web-1", Tag.userEmail: "anna@example.com"]
            }
        }
    }

    private static let alive: [InstanceState] = [.launching, .running, .stopping, .stopped]
    private static let listed: [InstanceState] = alive + [.terminating, .terminated]

    private func machine(_ state: InstanceState, _ tagged: Tagged) -> ObservedInstance {
        ObservedInstance(
            instanceID: "i-1", region: "eu-west-1", state: state, instanceType: "t3.medium", imageID: "ami-1",
            tags: tagged.tags)
    }

    private func row(_ state: InstanceState, managed: Bool = true) -> RecordedInstance {
        RecordedInstance(
            name: "web-1", deployment: managed ? "web" : nil, managed: managed, region: "eu-west-1",
            user: "anna@example.com", state: state, instanceID: "i-1", instanceType: "t3.medium", imageID: "ami-1")
    }

    private func verdict(
        _ row: RecordedInstance, _ seen: ObservedInstance?, isBusy: Bool = false, isDeclared: Bool = true
    ) -> SyncVerdict {
        Self.decision.verdict(on: row, seen: seen, isBusy: isBusy, isDeclared: isDeclared)
    }

    // MARK: Recorded

    @Test(arguments: alive + [.terminating], Tagged.allCases)
    func recordedAndListedTakesOverWhatAWSShowsWhateverItsTags(_ state: InstanceState, _ tagged: Tagged) {
        let before = row(state == .running ? .stopped : .running)
        var after = before
        after.state = state
        #expect(verdict(before, machine(state, tagged)) == .changed(after))
        #expect(verdict(after, machine(state, tagged)) == .unchanged)
    }

    @Test(arguments: Tagged.allCases) func recordedAndTerminatedIsLost(_ tagged: Tagged) {
        for state in Self.alive + [.terminating] {
            guard case .lost(let lost) = verdict(row(state), machine(.terminated, tagged)) else {
                Issue.record("\(state) is not lost")
                continue
            }
            #expect(lost.state == .lost && lost.instanceID == "i-1")
            #expect(lost.lastError?.contains("terminated outside botfleet") == true)
        }
    }

    @Test func recordedAndAbsentIsLostOnlyAfterTwoListingsSoFarApart() {
        guard case .absent(let absent) = verdict(row(.running), nil) else {
            Issue.record("the first absence is not noted")
            return
        }
        #expect(absent.state == .running && absent.absentSince == Self.now)
        #expect(verdict(absent, nil) == .unchanged)
        var older = absent
        older.absentSince = Self.now - 599
        #expect(verdict(older, nil) == .unchanged)
        older.absentSince = Self.now - 600
        guard case .lost(let lost) = verdict(older, nil) else {
            Issue.record("it is not lost after ten minutes")
            return
        }
        #expect(lost.state == .lost)
    }

    @Test func recordedAndListedAgainIsNotAbsentAnyMore() {
        var absent = row(.running)
        absent.absentSince = Self.now - 599
        #expect(verdict(absent, machine(.running, .ours)) == .changed(row(.running)))
    }

    @Test(arguments: [InstanceState?.none] + listed.map { $0 })
    func deliberatelyTerminatedStaysSo(_ state: InstanceState?) {
        #expect(verdict(row(.terminated), state.map { machine($0, .ours) }) == .unchanged)
    }

    @Test func lostOneThatIsListedAliveComesBack() {
        for state in Self.alive {
            guard case .changed(let back) = verdict(row(.lost), machine(state, .ours)) else {
                Issue.record("\(state) does not come back")
                continue
            }
            #expect(back.state == state)
        }
        #expect(verdict(row(.lost), machine(.terminated, .ours)) == .unchanged)
        #expect(verdict(row(.lost), machine(.terminating, .ours)) == .unchanged)
        #expect(verdict(row(.lost), nil) == .unchanged)
    }

    @Test func failedLaunchGoesOnlyWhereNothingHoldsIt() {
        var failed = row(.planned)
        failed.instanceID = nil
        #expect(verdict(failed, nil, isDeclared: false) == .unchanged, "it was never tried")
        failed.lastError = "InsufficientInstanceCapacity"
        #expect(verdict(failed, nil, isDeclared: false) == .gone)
        #expect(verdict(failed, nil, isBusy: true, isDeclared: false) == .unchanged)
        #expect(verdict(failed, nil, isDeclared: true) == .unchanged, "its next start launches it")
        var launching = failed
        launching.state = .launching
        #expect(verdict(launching, nil, isBusy: true) == .unchanged)
        #expect(verdict(launching, nil, isDeclared: false) == .gone)
        #expect(verdict(launching, nil, isDeclared: true) == .changed(failed))
    }

    // MARK: Recorded as somebody's

    @Test(arguments: alive + [.terminating]) func listedMachineOfAKnownUserIsFollowed(_ state: InstanceState) {
        let before = row(state == .running ? .stopped : .running, managed: false)
        var after = before
        after.state = state
        #expect(verdict(before, machine(state, .knownUsers)) == .changed(after))
        #expect(verdict(before, machine(state, .ours)) == .changed(after))
        #expect(verdict(before, machine(state, .unknown)) == .gone)
        #expect(verdict(before, machine(state, .otherFleets)) == .gone)
    }

    @Test func listedMachineOfAKnownUserGoesWithItsMachine() {
        let before = row(.running, managed: false)
        #expect(verdict(before, machine(.terminated, .knownUsers)) == .gone)
        guard case .absent(var absent) = verdict(before, nil) else {
            Issue.record("the first absence is not noted")
            return
        }
        absent.absentSince = Self.now - 600
        #expect(verdict(absent, nil) == .gone)
    }

    // MARK: Not recorded

    @Test(arguments: listed, Tagged.allCases)
    func machineWithoutARowIsListedIgnoredOrNobodys(_ state: InstanceState, _ tagged: Tagged) {
        let expected: SyncDecision.Stranger =
            switch (state.isAlive, tagged) {
            case (true, .ours), (true, .knownUsers): .listed(user: "anna@example.com")
            default: .ignored
            }
        #expect(Self.decision.stranger(machine(state, tagged)) == expected)
    }

    @Test func machineWithOurTagAndNoKnownUserIsNobodys() {
        var seen = machine(.running, .unknown)
        seen.tags[Tag.fleet] = "acme"
        #expect(Self.decision.stranger(seen) == .unowned)
    }

    @Test func rowOfAStrangerTakesItsNameOnlyWhereThatIsFree() {
        let seen = machine(.running, .knownUsers)
        let named = Self.decision.row(of: seen, user: "anna@example.com") { _ in true }
        #expect(named.name == "web-1" && !named.managed && named.state == .running && named.instanceID == "i-1")
        #expect(Self.decision.row(of: seen, user: "anna@example.com") { _ in false }.name == "i-1")
        var nameless = seen
        nameless.tags[Tag.name] = ""
        #expect(Self.decision.row(of: nameless, user: "anna@example.com") { _ in true }.name == "i-1")
    }
}
