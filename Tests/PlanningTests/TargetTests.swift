import FleetModel
import Planning
import Testing

/// `--target`: some changes, with what they need (SPEC 3).
@Suite struct TargetTests {
    private func fleet() throws -> FleetFixture {
        var fixture = try FleetFixture(
            .web(count: 2, power: .schedule("office-hours")),
            .web("other") {
                $0.user = "ben@example.com"
                $0.bot = "track"
            })
        fixture.schedules = [FleetFixture.officeHours()]
        fixture.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
        fixture.users.append(try FleetFixture.ben())
        fixture.users[0].sshPublicKey = "ssh-ed25519 AAAA"
        return fixture
    }

    @Test func instanceBringsAllThatItNeeds() throws {
        #expect(
            try fleet().changes(PlanOptions(targets: [.instance("web-2")])) == [
                "create region.eu-west-1", "create user.anna@example.com", "create schedule.office-hours",
                "create bot.watch", "create security_group.eu-west-1/anna@example.com",
                "create key_pair.eu-west-1/anna@example.com", "create bundle.watch", "create deployment.web",
                "create instance.web-2",
            ])
    }

    @Test func deploymentBringsItsInstances() throws {
        let fixture = try fleet()
        let changes = try fixture.changes(PlanOptions(targets: [.deployment("other")]))
        #expect(
            changes == [
                "create region.us-east-2", "create user.ben@example.com", "create bot.track",
                "create security_group.us-east-2/ben@example.com", "create bundle.track", "create deployment.other",
                "create instance.other-1",
            ])
        var applied = fixture
        try applied.apply(PlanOptions(targets: [.deployment("other")]))
        #expect(try applied.changes(PlanOptions(targets: [.deployment("other")])) == [])
    }

    @Test func definitionComesAlone() throws {
        #expect(
            try fleet().changes(PlanOptions(targets: [.schedule("office-hours")])) == ["create schedule.office-hours"])
    }

    @Test func deletedDeploymentBringsItsInstances() throws {
        var fixture = try fleet()
        try fixture.apply()
        fixture.deployments = []
        #expect(
            try fixture.changes(PlanOptions(targets: [.deployment("web")])) == [
                "delete deployment.web", "delete instance.web-1", "delete instance.web-2",
            ])
        #expect(try fixture.changes(PlanOptions(targets: [.instance("web-1")])) == ["delete instance.web-1"])
    }

    @Test func driftOfOtherAddressesIsLeftOut() throws {
        var fixture = try fleet()
        try fixture.apply()
        try fixture.byHand("web-1") { $0.instanceType = "c5.metal" }
        try fixture.byHand("web-2") { $0.instanceType = "c5.metal" }
        #expect(
            try fixture.plan(PlanOptions(targets: [.instance("web-2")])).driftLines == [
                "instance.web-2 instance_type fixed"
            ])
    }

    @Test func unknownTargetIsSaid() throws {
        var fixture = try fleet()
        try fixture.apply()
        let plan = try fixture.plan(PlanOptions(targets: [.instance("wbe-1")]))
        #expect(plan.isEmpty)
        #expect(plan.noteLines == ["instance.wbe-1: nothing has this address, or nothing of it changes"])
        #expect(try fixture.plan(PlanOptions(targets: [.instance("web-1")])).notes == [])
    }

    @Test func planRemembersWhatWasAskedOfIt() throws {
        let options = PlanOptions(
            targets: [.instance("web-1")], replacements: [.instance("web-1")], upgradesImages: true)
        #expect(try fleet().plan(options).options == options)
    }
}
