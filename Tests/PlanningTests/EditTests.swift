import FleetModel
import Planning
import Testing

/// One edit of the files gives exactly the changes it should.
@Suite struct EditTests {
    @Test func editOfOneParameterChangesItsDeploymentAndItsInstances() throws {
        var fixture = try FleetFixture.applied(.web(count: 2) { $0.parameters = ["speed": .text("5")] }, .web("other"))
        try fixture.edit("web") { $0.parameters["speed"] = .text("6") }
        #expect(
            try fixture.changes() == ["update deployment.web", "update instance.web-1", "update instance.web-2"])
        let change = try fixture.change(.instance("web-1"))
        #expect(change.changedAttributes == ["parameters"])
        #expect(change.reason == "parameters changed")
    }

    @Test func editOfOneInstanceTypeChangesItsDeploymentAndItsInstances() throws {
        var fixture = try FleetFixture.applied(.web(count: 2), .web("other"))
        try fixture.edit("web") { $0.instanceTypes = ["c5.large"] }
        #expect(
            try fixture.changes() == ["update deployment.web", "update instance.web-1", "update instance.web-2"])
        #expect(try fixture.change(.instance("web-1")).changedAttributes == ["instance_type"])
    }

    @Test func editOfOneCountCreatesTheInstancesThatAreMissing() throws {
        var fixture = try FleetFixture.applied(.web(count: 2), .web("other"))
        try fixture.edit("web") { $0.count = 4 }
        #expect(
            try fixture.changes() == ["update deployment.web", "create instance.web-3", "create instance.web-4"])
    }

    @Test func threeFewerOfACountDeleteExactlyTheThreeHighest() throws {
        var fixture = try FleetFixture.applied(.web(count: 12), .web("other", count: 2))
        try fixture.edit("web") { $0.count = 9 }
        #expect(
            try fixture.changes() == [
                "update deployment.web", "delete instance.web-10", "delete instance.web-11", "delete instance.web-12",
            ])
        let change = try fixture.change(.instance("web-11"))
        #expect(change.reason == "beyond its deployment's count")
        #expect(change.location == nil)
        let id = try #require(fixture.recorded.instances["web-11"]?.instanceID)
        #expect(try fixture.operation("web-11").kind == .terminate(instanceID: id, region: "eu-west-1"))
        #expect(try fixture.plan().terminations == 3)
    }

    @Test func editOfOneAddressChangesTheUserAndTheirGroup() throws {
        var fixture = try FleetFixture.applied(.web(count: 2)) { $0.users.append(try FleetFixture.ben()) }
        fixture.users[0].allowedIPs = [try CIDR(parsing: "203.0.113.8/32")]
        #expect(
            try fixture.changes() == [
                "update user.anna@example.com", "update security_group.eu-west-1/anna@example.com",
            ])
        let change = try fixture.change(.securityGroup(region: "eu-west-1", user: "anna@example.com"))
        guard case .putSecurityGroup(let operation)? = change.operation else {
            Issue.record("another operation: \(String(describing: change.operation))")
            return
        }
        let new = try CIDR(parsing: "203.0.113.8/32")
        let old = try CIDR(parsing: "203.0.113.7/32")
        #expect(operation.add == [IngressRule(port: 22, source: new), IngressRule(port: 6080, source: new)])
        #expect(operation.remove == [IngressRule(port: 22, source: old), IngressRule(port: 6080, source: old)])
        #expect(change.reason == "its rules changed")
        #expect(try fixture.plan().drift == [])
    }

    @Test func editOfOneScheduleThatChangesNothingNowChangesTheScheduleAlone() throws {
        var fixture = try FleetFixture.applied(.web(count: 2, power: .schedule("office-hours"))) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        fixture.schedules = [FleetFixture.officeHours("19:00")]
        let plan = try fixture.plan()
        #expect(plan.lines == ["update schedule.office-hours"])
        let upcoming = try #require(plan.upcoming.first)
        #expect(plan.upcoming.count == 1)
        #expect(upcoming.address == .deployment("web"))
        #expect(upcoming.timezone == "Europe/Berlin")
        #expect(upcoming.transitions.first?.local == "2026-11-23T19:00:00+01:00")
        #expect(upcoming.transitions.first?.action == .stop)
        #expect(upcoming.transitions.count == 10)
    }

    @Test func editOfOneScheduleThatEndsItsHoursStopsItsInstances() throws {
        var fixture = try FleetFixture.applied(.web(count: 2, power: .schedule("office-hours")), .web("other")) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        fixture.schedules = [FleetFixture.officeHours("12:30")]
        #expect(
            try fixture.changes() == [
                "update schedule.office-hours", "stop instance.web-1", "stop instance.web-2",
            ])
        let change = try fixture.change(.instance("web-1"))
        #expect(change.reason == "stopped by office-hours until Tue 08:00")
        #expect(change.changedAttributes == ["state"])
        #expect(change.before?["state"] == "running")
        #expect(change.after?["state"] == "stopped")
        #expect(try fixture.operation("web-1").source == .schedule)
        #expect(try fixture.plan().drift == [])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func removedFileDeletesWhatItMadeAndNothingElse() throws {
        var fixture = try FleetFixture.applied(
            .web(count: 2),
            .web("other") {
                $0.user = "ben@example.com"
                $0.bot = "track"
            }
        ) {
            $0.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
            $0.users.append(try FleetFixture.ben())
            $0.users[1].sshPublicKey = "ssh-ed25519 BBBB"
        }
        fixture.deployments.removeLast()
        #expect(
            try fixture.changes() == [
                "delete security_group.us-east-2/ben@example.com", "delete key_pair.us-east-2/ben@example.com",
                "delete bundle.track", "delete deployment.other", "delete instance.other-1",
            ])
        #expect(try fixture.change(.instance("other-1")).reason == "its deployment is in no file any more")
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(fixture.recorded.instances.keys.sorted() == ["web-1", "web-2"])
    }

    @Test func removedFileKeepsWhatItsUsersOtherDeploymentNeeds() throws {
        var fixture = try FleetFixture.applied(.web(), .web("other"))
        fixture.deployments.removeLast()
        #expect(try fixture.changes() == ["delete deployment.other", "delete instance.other-1"])
    }

    @Test func removedUserRegionScheduleAndBotLeaveMySQLAlone() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.users.append(try FleetFixture.ben())
            $0.regions.append(Region(name: "us-east-2"))
            $0.schedules = [FleetFixture.officeHours()]
        }
        fixture.users.removeLast()
        fixture.regions.removeLast()
        fixture.schedules = []
        fixture.bots.removeLast()
        let plan = try fixture.plan()
        #expect(
            plan.lines == [
                "delete region.us-east-2", "delete user.ben@example.com", "delete schedule.office-hours",
                "delete bot.track",
            ])
        #expect(plan.changes.allSatisfy { $0.systems == [.mysql] && $0.location == nil && $0.after == nil })
    }

    @Test func regionWithSomebodysInstanceStaysRecorded() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.regions.append(Region(name: "us-east-2")) }
        fixture.recorded.instances["old-bot"] = RecordedInstance(
            name: "old-bot", managed: false, region: "us-east-2", user: "anna@example.com", state: .running,
            instanceID: "i-old")
        fixture.regions.removeLast()
        #expect(try fixture.changes() == [])
        try fixture.record("old-bot") { $0.state = .terminated }
        #expect(try fixture.changes() == ["delete region.us-east-2"])
    }

    @Test func emailInAnotherCaseIsTheSameUser() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.users[0].email = "Anna@Example.com"
        #expect(try fixture.changes() == ["update user.anna@example.com"])
    }

    @Test func newDefaultTypeChangesTheInstancesThatNameNone() throws {
        var fixture = try FleetFixture.applied(.web(), .web("other") { $0.instanceTypes = ["c5.large"] })
        fixture.settings.defaults.instanceType = "t3.large"
        #expect(try fixture.changes() == ["update fleet.acme", "update instance.web-1"])
        #expect(try fixture.update("web-1").instanceType == "t3.large")
    }

    @Test func renameIsADeleteAndACreateWithAHint() throws {
        var fixture = try FleetFixture.applied(.web(count: 2), .web("other"))
        try fixture.edit("web") { $0.name = "site" }
        let plan = try fixture.plan()
        #expect(
            plan.lines == [
                "create deployment.site", "delete deployment.web", "create instance.site-1", "create instance.site-2",
                "delete instance.web-1", "delete instance.web-2",
            ])
        #expect(
            plan.noteLines == [
                "deployment.site: looks like deployment.web under a new name; a rename is a delete and a create, and "
                    + "results stay under the old name"
            ])
    }

    @Test func deleteAndAnUnlikeCreateIsNoRename() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        fixture.deployments = [.web("site", count: 3)]
        #expect(try fixture.plan().notes == [])
    }
}
