import Diagnostics
import FleetModel
import Planning
import Testing

/// A fleet that was never applied.
@Suite struct NewFleetTests {
    @Test func firstPlanCreatesEverythingInTheOrderOfAddresses() throws {
        let fixture = try FleetFixture(.web(count: 2))
        #expect(
            try fixture.changes() == [
                "create fleet.acme", "create region.eu-west-1", "create user.anna@example.com", "create bot.track",
                "create bot.watch", "create security_group.eu-west-1/anna@example.com", "create bundle.watch",
                "create deployment.web", "create instance.web-1", "create instance.web-2",
            ])
        #expect(try fixture.result().diagnostics.isEmpty)
    }

    @Test func planWithoutDeploymentsCreatesDefinitionsAlone() throws {
        #expect(
            try FleetFixture().changes() == [
                "create fleet.acme", "create region.eu-west-1", "create user.anna@example.com", "create bot.track",
                "create bot.watch",
            ])
    }

    @Test func planAfterTheFirstApplyIsEmpty() throws {
        let fixture = try FleetFixture.applied(.web(count: 3), .web("idle", power: .state(.stopped)))
        let plan = try fixture.plan()
        #expect(plan.isEmpty, "\(plan.lines)")
        #expect(plan.drift.isEmpty)
        #expect(plan.summary == Plan.Summary())
    }

    @Test func newInstanceIsLaunchedFromItsResolvedSpec() throws {
        let fixture = try FleetFixture(
            .web {
                $0.parameters = ["speed": .text("5"), "password": .ssm("/bots/password")]
                $0.instanceTypes = ["c5.large", "m5.large"]
            })
        let operation = try fixture.operation("web-1")
        #expect(operation.kind == .launch)
        #expect(operation.power == .running)
        #expect(operation.source == .apply)
        let spec = try #require(operation.spec)
        #expect(spec.region == "eu-west-1")
        #expect(spec.instanceTypes == ["c5.large", "m5.large"])
        #expect(spec.storageGB == 32)
        #expect(spec.instanceProfile == "acme-bot")
        #expect(spec.script == "watch.js")
        #expect(spec.bundle == FleetFixture.bundle("watch at one").digest)
        let change = try fixture.change(.instance("web-1"))
        #expect(change.before == nil)
        #expect(change.location == "fleet/deployments/web.yaml:1")
        #expect(change.systems == [.aws, .mysql])
        #expect(change.after?["instance_type"] == "c5.large, m5.large")
        #expect(change.after?["state"] == "running")
        #expect(change.after?["parameters"] == ["speed": "5", "password": ["ssm": "/bots/password"]])
    }

    @Test func newDeploymentOutsideItsHoursIsRecordedOnlyAndSaysWhenItStarts() throws {
        var fixture = try FleetFixture(.web(power: .schedule("office-hours")))
        fixture.schedules = [FleetFixture.officeHours()]
        fixture.now = try at("2026-11-22T12:00:00Z")
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .create)
        #expect(change.systems == [.mysql])
        #expect(
            change.reason == "not recorded yet; stopped by office-hours until Mon 08:00, launched by its first start")
        #expect(try fixture.operation("web-1").kind == .record)
        #expect(try fixture.operation("web-1").power == nil)
        try fixture.apply()
        #expect(fixture.recorded.instances["web-1"]?.state == .planned)
        #expect(try fixture.changes() == [])
        // Its first start is the runner's work, not a plan's.
        fixture.now = try at("2026-11-23T12:00:00Z")
        #expect(try fixture.changes() == [])
    }

    @Test func newDeploymentWithinItsHoursIsLaunched() throws {
        var fixture = try FleetFixture(.web(power: .schedule("office-hours")))
        fixture.schedules = [FleetFixture.officeHours()]
        #expect(try fixture.operation("web-1").kind == .launch)
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func newDeploymentOfStateStoppedIsRecordedOnly() throws {
        let fixture = try FleetFixture(.web(power: .state(.stopped)))
        #expect(try fixture.operation("web-1").kind == .record)
        #expect(
            try fixture.change(.instance("web-1")).reason
                == "not recorded yet; stopped by its state, launched by its first start")
    }

    @Test func newDeploymentOfASuspendedUserIsRecordedOnly() throws {
        var fixture = try FleetFixture(.web())
        fixture.users[0].status = .suspended
        #expect(try fixture.operation("web-1").kind == .record)
        #expect(
            try fixture.change(.instance("web-1")).reason
                == "not recorded yet; stopped because the user is suspended, launched by its first start")
    }

    @Test func newDeploymentThatIsHeldIsRecordedOnlyWithTheHoldsReason() throws {
        let fixture = try FleetFixture(
            .web {
                $0.hold = Hold(state: .stopped, until: LocalDateTime("2026-11-24T08:00"), reason: "site under repair")
            })
        #expect(
            try fixture.change(.instance("web-1")).reason
                == "not recorded yet; stopped by hold until Tue 08:00 (site under repair), launched by its first start")
    }

    @Test func countOfZeroIsADeploymentWithoutInstancesOrGroup() throws {
        let fixture = try FleetFixture(.web(count: 0))
        #expect(try fixture.changes().filter { $0.contains("instance.") || $0.contains("security_group") } == [])
        #expect(try fixture.changes().contains("create deployment.web"))
    }

    @Test func keyPairIsCreatedWhereItsUserHasAKeyAndInstances() throws {
        var fixture = try FleetFixture(.web())
        fixture.users[0].sshPublicKey = "ssh-ed25519 AAAA anna"
        fixture.users.append(try FleetFixture.ben())
        fixture.users[1].sshPublicKey = "ssh-ed25519 BBBB ben"
        #expect(
            try fixture.changes().filter { $0.contains("key_pair") } == ["create key_pair.eu-west-1/anna@example.com"])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func failedLaunchIsTriedAgain() throws {
        var fixture = try FleetFixture.applied(.web(power: .schedule("office-hours"))) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        try fixture.vanish("web-1")
        try fixture.record("web-1") {
            $0.state = .planned
            $0.instanceID = nil
            $0.lastError = "InsufficientInstanceCapacity"
        }
        #expect(try fixture.changes() == ["create instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).reason == "its launch failed before")
    }

    @Test func warningNamesTheFirstDeploymentWithoutInstanceProfile() throws {
        var fixture = try FleetFixture(.web("zeta"), .web("alpha"))
        fixture.settings.aws.instanceProfile = nil
        let text =
            "fleet/fleet.yaml:1:1: warning: instances of 'alpha' have no instance profile, so they cannot fetch their work "
            + "(set aws.instance_profile in fleet/fleet.yaml)"
        #expect(try fixture.result().diagnostics.map(\.description) == [text])
        fixture.deployments.reverse()
        #expect(try fixture.result().diagnostics.map(\.description) == [text])
    }

    @Test func regionWithoutImageIsAnErrorAndDeletesNothing() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.regions[0].defaultImage = nil
        #expect(
            try fixture.errors() == [
                "fleet/deployments/web.yaml:1:1: error: region 'eu-west-1' has no default_image "
                    + "(give the region one, or the deployment an image)"
            ])
        #expect(try fixture.changes().filter { $0.hasPrefix("delete") } == [])
    }
}
