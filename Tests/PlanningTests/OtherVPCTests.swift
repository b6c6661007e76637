import FleetModel
import Planning
import Testing

/// A region whose instances belong into another VPC now: those that are there stay where they are, with the group they have.
@Suite struct OtherVPCTests {
    private func moved() throws -> FleetFixture {
        var fixture = try FleetFixture.applied(.web(count: 2))
        for name in ["web-1", "web-2"] { try fixture.byHand(name) { $0.vpcID = "vpc-old" } }
        fixture.regions[0].vpc = "vpc-new"
        return fixture
    }

    @Test func instancesStayAndOnlyTheGroupIsMadeAnew() throws {
        let fixture = try moved()
        let plan = try fixture.plan()
        #expect(
            plan.lines == ["update region.eu-west-1", "create security_group.eu-west-1/anna@example.com"]
                || plan.lines == ["update region.eu-west-1", "update security_group.eu-west-1/anna@example.com"])
        #expect(plan.notes.contains { $0.address == .instance("web-1") && $0.message.contains("vpc-old") })
        #expect(plan.drift.allSatisfy { $0.address.kind != .instance })
    }

    @Test func instanceWhoseUserChangesTooIsReplaced() throws {
        var fixture = try moved()
        var ben = try FleetFixture.ben()
        ben.region = "eu-west-1"
        fixture.users.append(ben)
        try fixture.edit("web") { $0.user = "ben@example.com" }
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .replace)
        #expect(change.reason == "its user changed, and its VPC is another")
    }
}
