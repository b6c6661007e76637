import FleetModel
import Planning
import Testing

/// What replaces an instance, and what waits for its next launch (SPEC 4).
@Suite struct ReplacementTests {
    private func expectReplaced(
        _ fixture: FleetFixture, _ options: PlanOptions = PlanOptions(), reason: String, launches: Bool = true
    ) throws {
        let change = try fixture.change(.instance("web-1"), options)
        #expect(change.action == .replace)
        #expect(change.systems == [.aws, .mysql])
        #expect(change.reason == reason)
        let row = try #require(fixture.recorded.instances["web-1"])
        #expect(
            try fixture.operation("web-1", options).kind
                == .replace(instanceID: row.instanceID, region: row.region, launch: launches))
        #expect(try fixture.plan(options).terminations == 1)
        var applied = fixture
        try applied.apply(options)
        #expect(try applied.changes() == [])
        #expect(
            applied.observed.regions.values.flatMap(\.instances).filter(\.state.isAlive).count == (launches ? 1 : 0))
    }

    @Test func explicitImageReplaces() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.image = "ami-new" }
        #expect(try fixture.changes() == ["update deployment.web", "replace instance.web-1"])
        let change = try fixture.change(.instance("web-1"))
        #expect(change.before?["image"] == "ami-default")
        #expect(change.after?["image"] == "ami-new")
        try expectReplaced(fixture, reason: "its image changed")
    }

    @Test func explicitImageThatItHasAlreadyReplacesNothing() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.image = "ami-default" }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).systems == [.mysql])
        try fixture.apply()
        try fixture.edit("web") { $0.image = nil }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
    }

    @Test func regionReplacesAndItsOldGroupGoes() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
        }
        try fixture.edit("web") { $0.region = "us-east-2" }
        #expect(
            try fixture.changes() == [
                "delete security_group.eu-west-1/anna@example.com", "create security_group.us-east-2/anna@example.com",
                "update deployment.web", "replace instance.web-1",
            ])
        try expectReplaced(fixture, reason: "its region changed")
    }

    @Test func usersNewRegionReplacesAndRecordsTheDeploymentsRegion() throws {
        var fixture = try FleetFixture.applied(.web(), .web("pinned") { $0.region = "eu-west-1" }) {
            $0.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
        }
        fixture.users[0].region = "us-east-2"
        #expect(
            try fixture.changes() == [
                "update user.anna@example.com", "create security_group.us-east-2/anna@example.com",
                "replace instance.web-1",
            ])
        let change = try fixture.change(.user("anna@example.com"))
        guard case .putUser(_, let affected)? = change.operation else {
            Issue.record("another operation: \(String(describing: change.operation))")
            return
        }
        #expect(affected.map(\.deployment.name) == ["web"])
        #expect(affected.map(\.region) == ["us-east-2"])
    }

    @Test func askedForReplacesOneInstanceOrADeploymentsAll() throws {
        let fixture = try FleetFixture.applied(.web(count: 2), .web("other"))
        #expect(
            try fixture.changes(PlanOptions(replacements: [.instance("web-2")])) == ["replace instance.web-2"])
        #expect(
            try fixture.changes(PlanOptions(replacements: [.deployment("web")])) == [
                "replace instance.web-1", "replace instance.web-2",
            ])
        let change = try fixture.change(.instance("web-2"), PlanOptions(replacements: [.instance("web-2")]))
        #expect(change.reason == "asked for by --replace")
    }

    @Test func askedForOfAnUnknownAddressIsSaid() throws {
        let fixture = try FleetFixture.applied(.web())
        let plan = try fixture.plan(PlanOptions(replacements: [.instance("wbe-1")]))
        #expect(plan.isEmpty)
        #expect(plan.noteLines == ["instance.wbe-1: nothing has this address, so nothing is replaced"])
    }

    @Test func newDefaultImageIsANoteUntilImagesAreUpgraded() throws {
        var fixture = try FleetFixture.applied(.web(), .web("fixed") { $0.image = "ami-own" })
        fixture.regions[0].defaultImage = .id("ami-newer")
        let plan = try fixture.plan()
        #expect(plan.lines == ["update region.eu-west-1"])
        #expect(
            plan.noteLines == [
                "region.eu-west-1: instances take the new default image at their next launch, or now with --upgrade-images"
            ])
        fixture.observed.defaultImages = ["eu-west-1": "ami-newer"]
        #expect(
            try fixture.changes(PlanOptions(upgradesImages: true)) == [
                "update region.eu-west-1", "replace instance.web-1",
            ])
        try expectReplaced(
            try onlyWeb(fixture), PlanOptions(upgradesImages: true),
            reason: "its region's default image is ami-newer now")
    }

    /// The same without its second deployment.
    private func onlyWeb(_ fixture: FleetFixture) throws -> FleetFixture {
        var result = fixture
        result.deployments.removeLast()
        try result.apply()
        result.observed.regions["eu-west-1"]?.instances.removeAll { !$0.state.isAlive }
        return result
    }

    @Test func newSSHKeyIsANoteForInstances() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        fixture.users[0].sshPublicKey = "ssh-ed25519 BBBB"
        let plan = try fixture.plan()
        #expect(
            plan.lines == ["update user.anna@example.com", "update key_pair.eu-west-1/anna@example.com"])
        #expect(
            plan.noteLines == [
                "key_pair.eu-west-1/anna@example.com: instances take the new key at their next launch"
            ])
    }

    @Test func instanceOutsideItsHoursIsReplacedWithoutALaunch() throws {
        var fixture = try FleetFixture.applied(.web(power: .schedule("office-hours"))) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        fixture.now = try at("2026-11-28T12:00:00Z")
        try fixture.byHand("web-1") { $0.state = .stopped }
        try fixture.edit("web") { $0.image = "ami-new" }
        try expectReplaced(fixture, reason: "its image changed", launches: false)
    }

    @Test func instanceThatNothingIsWantedOfIsReplacedAsItIs() throws {
        var fixture = try FleetFixture.applied(.web(power: .schedule("later"))) {
            $0.schedules = [Schedule(name: "later")]
        }
        #expect(try fixture.changes() == [])
        try fixture.edit("web") { $0.power = .state(.running) }
        try fixture.apply()
        try fixture.edit("web") { $0.power = .schedule("later") }
        try fixture.apply()
        try expectReplaced(
            fixture, PlanOptions(replacements: [.instance("web-1")]), reason: "asked for by --replace")
    }
}
