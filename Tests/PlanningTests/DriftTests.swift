import FleetModel
import Planning
import Testing

/// What somebody changed in AWS by hand: undone where `drift: fix`, shown alone where `drift: report` (SPEC 4).
@Suite struct DriftTests {
    /// A hand-made change of an instance, and what a plan makes of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var attribute: String
        var recorded: JSONValue
        var observed: JSONValue
        var change: @Sendable (inout ObservedInstance) -> Void
        var update: InstanceUpdate

        var testDescription: String { attribute }
    }

    static let cases = [
        Case(
            attribute: "instance_type", recorded: "t3.medium", observed: "c5.metal",
            change: { $0.instanceType = "c5.metal" },
            update: InstanceUpdate(instanceID: "i-2", instanceType: "t3.medium")),
        Case(
            attribute: "instance_profile", recorded: "acme-bot", observed: "admin",
            change: { $0.instanceProfileARN = "arn:aws:iam::123456789012:instance-profile/admin" },
            update: InstanceUpdate(instanceID: "i-2", instanceProfile: "acme-bot")),
        Case(
            attribute: "instance_profile", recorded: "acme-bot", observed: .null,
            change: { $0.instanceProfileARN = nil },
            update: InstanceUpdate(instanceID: "i-2", instanceProfile: "acme-bot")),
        Case(
            attribute: "security_groups", recorded: ["sg-1"], observed: ["sg-1", "sg-open"],
            change: { $0.securityGroupIDs = ["sg-1", "sg-open"] },
            update: InstanceUpdate(instanceID: "i-2", setsSecurityGroup: true)),
        Case(
            attribute: "security_groups", recorded: ["sg-1"], observed: [], change: { $0.securityGroupIDs = [] },
            update: InstanceUpdate(instanceID: "i-2", setsSecurityGroup: true)),
        Case(
            attribute: "tags.Name", recorded: "web-1", observed: "mine", change: { $0.tags[Tag.name] = "mine" },
            update: InstanceUpdate(instanceID: "i-2", tags: [Tag.name: "web-1"])),
        Case(
            attribute: "tags.User Email", recorded: "anna@example.com", observed: .null,
            change: { $0.tags[Tag.userEmail] = nil },
            update: InstanceUpdate(instanceID: "i-2", tags: [Tag.userEmail: "anna@example.com"])),
        Case(
            attribute: "tags.botfleet:fleet", recorded: "acme", observed: .null, change: { $0.tags[Tag.fleet] = nil },
            update: InstanceUpdate(instanceID: "i-2", tags: [Tag.fleet: "acme"])),
        Case(
            attribute: "tags.botfleet:deployment", recorded: "web", observed: "site",
            change: { $0.tags[Tag.deployment] = "site" },
            update: InstanceUpdate(instanceID: "i-2", tags: [Tag.deployment: "web"])),
    ]

    @Test(arguments: cases) func handMadeChangeIsUndone(_ item: Case) throws {
        var fixture = try FleetFixture.applied(.web(), .web("zebra"))
        let other = try fixture.seen("zebra-1")
        try fixture.byHand("web-1", item.change)
        let plan = try fixture.plan()
        #expect(plan.lines == ["update instance.web-1"])
        #expect(plan.driftLines == ["instance.web-1 \(item.attribute) fixed"])
        #expect(plan.drift.first?.recorded == item.recorded)
        #expect(plan.drift.first?.observed == item.observed)
        #expect(plan.drift.first?.location == "fleet/deployments/web.yaml:1")
        #expect(plan.changes.first?.reason == "it was changed by hand")
        #expect(plan.changes.first?.changedAttributes == [item.attribute])
        #expect(try fixture.update("web-1") == item.update)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(try fixture.plan().drift == [])
        #expect(try fixture.seen("zebra-1") == other)
    }

    @Test(arguments: cases) func handMadeChangeIsOnlyShown(_ item: Case) throws {
        var fixture = try FleetFixture.applied(.web { $0.drift = .report })
        try fixture.byHand("web-1", item.change)
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.isEmpty)
        #expect(plan.driftLines == ["instance.web-1 \(item.attribute)"])
    }

    @Test(arguments: cases) func reportedChangeStaysWhenSomethingElseIsApplied(_ item: Case) throws {
        var fixture = try FleetFixture.applied(.web { $0.drift = .report })
        try fixture.byHand("web-1", item.change)
        try fixture.edit("web") { $0.parameters["speed"] = .text("9") }
        let update = try fixture.update("web-1")
        #expect(update == InstanceUpdate(instanceID: "i-2", writesParameters: true))
        #expect(try fixture.change(.instance("web-1")).changedAttributes == ["parameters"])
        let seen = try fixture.seen("web-1")
        try fixture.apply()
        #expect(try fixture.seen("web-1") == seen)
    }

    @Test func powerOfAFixedStateIsOnlyShownWhereDriftIsReported() throws {
        var fixture = try FleetFixture.applied(.web { $0.drift = .report })
        try fixture.byHand("web-1") { $0.state = .stopped }
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.driftLines == ["instance.web-1 state"])
    }

    @Test func botTagAndForeignTagsAndAddressesAreNotManaged() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") {
            $0.tags[Tag.bot] = "another"
            $0.tags["cost-centre"] = "42"
            $0.publicIP = "198.51.100.9"
            $0.launchedAt = nil
        }
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func severalFindingsAreOneChange() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.byHand("web-2") {
            $0.instanceType = "c5.metal"
            $0.tags[Tag.name] = "mine"
            $0.state = .stopped
        }
        let plan = try fixture.plan()
        #expect(plan.lines == ["update instance.web-2"])
        #expect(
            plan.driftLines == [
                "instance.web-2 instance_type fixed", "instance.web-2 state fixed", "instance.web-2 tags.Name fixed",
            ])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func refreshOnlyShowsDriftAndChangesNothing() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.byHand("web-1") { $0.instanceType = "c5.metal" }
        try fixture.edit("web") { $0.count = 1 }
        let plan = try fixture.plan(PlanOptions(refreshOnly: true))
        #expect(plan.lines == [])
        #expect(plan.summary == Plan.Summary())
        // Nothing in this plan undoes it.
        #expect(plan.driftLines == ["instance.web-1 instance_type"])
    }

    @Test func refreshOnlyFailsOnNoGuard() throws {
        var fixture = try FleetFixture.applied(.web { $0.protect = true })
        fixture.deployments = []
        #expect(try !fixture.errors().isEmpty)
        #expect(try fixture.errors(PlanOptions(refreshOnly: true)) == [])
    }
}
