import FleetModel
import Planning
import Testing

/// A saved plan applies only while what it saw still holds (SPEC 4).
@Suite struct FingerprintTests {
    /// A fleet with a change of every kind of instance: web updated, other deleted, moved replaced, new created.
    private func fleet() throws -> FleetFixture {
        var fixture = try FleetFixture.applied(
            .web(count: 2, power: .schedule("office-hours")), .web("other"), .web("moved"), .web("idle")
        ) {
            $0.schedules = [FleetFixture.officeHours()]
            $0.users[0].sshPublicKey = "ssh-ed25519 AAAA"
        }
        try fixture.edit("web") { $0.parameters["speed"] = .text("9") }
        try fixture.edit("moved") { $0.image = "ami-new" }
        fixture.deployments.removeAll { $0.name == "other" }
        fixture.deployments.append(.web("new"))
        fixture.users[0].allowedIPs = [try CIDR(parsing: "192.0.2.0/24")]
        return fixture
    }

    private func moved(_ change: (inout FleetFixture) throws -> Void) throws -> [String] {
        var fixture = try fleet()
        let saved = try fixture.plan()
        try change(&fixture)
        return try fixture.plan().addressesThatMoved(since: saved).map(\.description)
    }

    @Test func sameInputsHaveTheSameFingerprint() throws {
        let fixture = try fleet()
        let first = try fixture.plan()
        let second = try fixture.plan()
        #expect(first == second)
        #expect(first.fingerprint.count == 64)
        #expect(first.changes.allSatisfy { $0.fingerprint.count == 64 })
        #expect(Set(first.changes.map(\.fingerprint)).count == first.changes.count)
        #expect(try moved { _ in } == [])
    }

    @Test func emptyPlanHoldsWhateverHappens() throws {
        var fixture = try FleetFixture.applied(.web())
        let saved = try fixture.plan()
        try fixture.edit("web") { $0.count = 2 }
        #expect(try fixture.plan().addressesThatMoved(since: saved) == [])
        #expect(try fixture.plan().restricted(to: saved).isEmpty)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var instance: String
        var change: @Sendable (inout ObservedInstance) -> Void
    }

    static let managed = ["web-1", "moved-1", "other-1"].flatMap { name in
        [
            Case(testDescription: "\(name) type", instance: name) { $0.instanceType = "c5.metal" },
            Case(testDescription: "\(name) profile", instance: name) { $0.instanceProfileARN = nil },
            Case(testDescription: "\(name) groups", instance: name) { $0.securityGroupIDs = ["sg-open"] },
            Case(testDescription: "\(name) tag Name", instance: name) { $0.tags[Tag.name] = "mine" },
            Case(testDescription: "\(name) tag User Email", instance: name) { $0.tags[Tag.userEmail] = nil },
            Case(testDescription: "\(name) tag fleet", instance: name) { $0.tags[Tag.fleet] = nil },
            Case(testDescription: "\(name) tag deployment", instance: name) { $0.tags[Tag.deployment] = "x" },
            Case(testDescription: "\(name) gone", instance: name) { $0.state = .terminated },
        ]
    }

    @Test(arguments: managed) func managedAttributeMovesItsOwnAddressAlone(_ item: Case) throws {
        #expect(try moved { try $0.byHand(item.instance, item.change) } == ["instance.\(item.instance)"])
    }

    static let unmanaged = ["web-1", "moved-1", "other-1"].flatMap { name in
        [
            Case(testDescription: "\(name) public address", instance: name) { $0.publicIP = "198.51.100.1" },
            Case(testDescription: "\(name) private address", instance: name) { $0.privateIP = "10.0.0.9" },
            Case(testDescription: "\(name) uptime", instance: name) { $0.launchedAt = Instant(seconds: 1) },
            Case(testDescription: "\(name) foreign tag", instance: name) { $0.tags["cost-centre"] = "42" },
            Case(testDescription: "\(name) tag Bot", instance: name) { $0.tags[Tag.bot] = "x" },
        ]
    }

    @Test(arguments: unmanaged) func unmanagedAttributeMovesNothing(_ item: Case) throws {
        #expect(try moved { try $0.byHand(item.instance, item.change) } == [])
    }

    @Test func powerThatAScheduleExplainsMovesNothing() throws {
        #expect(
            try moved {
                try $0.byHand("web-1") { $0.state = .stopped }
                try $0.record("web-1") { $0.state = .stopped }
                $0.now = try at("2026-11-23T19:00:00Z")
            } == [])
    }

    @Test func newDeploymentKeepsItsFingerprintOverTheEndOfItsHours() throws {
        var fixture = try FleetFixture(.web(power: .schedule("office-hours")))
        fixture.schedules = [FleetFixture.officeHours()]
        let saved = try fixture.plan()
        fixture.now = try at("2026-11-23T19:00:00Z")
        let later = try fixture.plan()
        #expect(later.addressesThatMoved(since: saved) == [])
        #expect(try fixture.operation("web-1").kind == .record)
    }

    @Test func stateThatSettlesMeanwhileMovesNothing() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.power = .state(.stopped) }
        try fixture.byHand("web-1") { $0.state = .launching }
        let saved = try fixture.plan()
        try fixture.byHand("web-1") { $0.state = .running }
        #expect(try fixture.plan().addressesThatMoved(since: saved) == [])
    }

    @Test func uptimeAndCountersOfRowsMoveNothing() throws {
        #expect(
            try moved {
                for name in $0.recorded.instances.keys {
                    try $0.record(name) {
                        $0.upTimeMinutes += 5
                        $0.totalUpTimeMinutes += 5
                        $0.publicIP = "198.51.100.1"
                    }
                }
            } == [])
    }

    @Test func recordedRevisionMovesItsAddress() throws {
        #expect(try moved { try $0.record("web-2") { $0.revision += 1 } } == ["instance.web-2"])
        #expect(
            try moved { $0.recorded.definitions[.deployment("web")]?.revision += 1 } == ["deployment.web"])
        let group = Address.securityGroup(region: "eu-west-1", user: "anna@example.com")
        #expect(try moved { $0.recorded.securityGroups[group]?.definition.revision += 1 } == [group.description])
    }

    @Test func changedRulesAndTagsOfAGroupMoveIt() throws {
        let group = "security_group.eu-west-1/anna@example.com"
        let open = IngressRule(port: 22, source: try CIDR(parsing: "0.0.0.0/0"))
        #expect(
            try moved { $0.observed.regions["eu-west-1"]?.securityGroups[0].rules.insert(open) } == [group])
        #expect(
            try moved { $0.observed.regions["eu-west-1"]?.securityGroups[0].tags[Tag.name] = "x" } == [group])
    }

    @Test func desiredValueMovesItsOwnAddresses() throws {
        #expect(
            try moved { try $0.edit("web") { $0.parameters["speed"] = .text("8") } } == [
                "deployment.web", "instance.web-1", "instance.web-2",
            ])
        #expect(try moved { try $0.edit("idle") { $0.storageGB = 99 } } == [])
    }

    @Test func finishedChangeMovesItsAddress() throws {
        let fixture = try fleet()
        let saved = try fixture.plan()
        var applied = fixture
        try applied.apply()
        #expect(try applied.plan().addressesThatMoved(since: saved) == saved.changes.map(\.address))
    }

    @Test func restrictedPlanHasOnlyTheSavedAddresses() throws {
        var fixture = try fleet()
        let saved = try fixture.plan()
        try fixture.edit("idle") { $0.storageGB = 99 }
        let now = try fixture.plan()
        #expect(now.lines.contains("update instance.idle-1"))
        let restricted = now.restricted(to: saved)
        #expect(restricted.lines == saved.lines)
        #expect(restricted.summary == saved.summary)
        #expect(restricted.fingerprint == saved.fingerprint)
        #expect(restricted.changes.allSatisfy { $0.operation != nil })
    }
}
