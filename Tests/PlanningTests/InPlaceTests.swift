import Diagnostics
import FleetModel
import Planning
import Testing

/// What changes on an instance without replacing it (SPEC 4).
@Suite struct InPlaceTests {
    /// Checks that a change writes params.json and calls nothing of EC2's.
    private func expectWorkAlone(_ fixture: FleetFixture, _ attributes: [String], _ reason: String) throws {
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .update)
        #expect(change.systems == [.aws, .mysql])
        #expect(change.changedAttributes == attributes)
        #expect(change.reason == reason)
        let update = try fixture.update("web-1")
        #expect(update.writesParameters)
        #expect(!update.touchesEC2)
        #expect(try fixture.operation("web-1").power == nil)
        #expect(try fixture.plan().drift == [])
        var applied = fixture
        try applied.apply()
        #expect(try applied.changes() == [])
    }

    @Test func parametersTouchNoEC2() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.parameters["password"] = .ssm("/bots/password") }
        try expectWorkAlone(fixture, ["parameters"], "parameters changed")
    }

    @Test func botTouchesNoEC2() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.bot = "track" }
        #expect(
            try fixture.changes() == [
                "create bundle.track", "delete bundle.watch", "update deployment.web", "update instance.web-1",
            ])
        try expectWorkAlone(fixture, ["bot", "bundle"], "bot changed")
    }

    @Test func bundleTouchesNoEC2() throws {
        var fixture = try FleetFixture.applied(.web(), .web("other") { $0.bot = "track" })
        fixture.bundles["watch"] = "watch at two"
        #expect(try fixture.changes() == ["update bundle.watch", "update instance.web-1"])
        try expectWorkAlone(fixture, ["bundle"], "bundle changed")
    }

    @Test func bootScriptTouchesNoEC2() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.settings.boot = BootScript(script: "boot/common.sh", text: "apt-get install -y fonts-noto")
        #expect(try fixture.changes() == ["update fleet.acme", "update instance.web-1"])
        try expectWorkAlone(fixture, ["boot_script"], "boot script changed")
    }

    @Test func catalogueAloneChangesNoInstance() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.bots[0].description = "now described"
        fixture.bots[0].commit = String(repeating: "b", count: 40)
        #expect(try fixture.changes() == ["update bot.watch"])
    }

    @Test func userChangesGroupTagsAndParametersOnTheSameMachine() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.users.append(try FleetFixture.ben())
            $0.users[1].region = "eu-west-1"
        }
        try fixture.edit("web") { $0.user = "ben@example.com" }
        #expect(
            try fixture.changes() == [
                "delete security_group.eu-west-1/anna@example.com", "create security_group.eu-west-1/ben@example.com",
                "update deployment.web", "update instance.web-1",
            ])
        let update = try fixture.update("web-1")
        #expect(update.tags == ["User Email": "ben@example.com"])
        #expect(update.setsSecurityGroup)
        #expect(update.writesParameters)
        #expect(try fixture.change(.instance("web-1")).changedAttributes == ["user"])
        #expect(try fixture.plan().drift == [])
        let machine = fixture.recorded.instances["web-1"]?.instanceID
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(fixture.recorded.instances["web-1"]?.instanceID == machine)
    }

    @Test func portsChangeTheGroupAndNoInstance() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.settings.defaults.ports = [22]
        #expect(
            try fixture.changes() == ["update fleet.acme", "update security_group.eu-west-1/anna@example.com"])
        fixture.settings.defaults.ports = []
        try fixture.apply()
        #expect(fixture.observed.regions["eu-west-1"]?.securityGroups.first?.rules == [])
        #expect(try fixture.changes() == [])
    }

    @Test func anyListedTypeIsNoDrift() throws {
        var fixture = try FleetFixture.applied(.web { $0.instanceTypes = ["t3.medium", "t3a.medium"] })
        try fixture.byHand("web-1") { $0.instanceType = "t3a.medium" }
        let plan = try fixture.plan()
        #expect(plan.isEmpty, "\(plan.lines)")
        #expect(plan.drift == [])
    }

    @Test func longerListThatHoldsTheTypeIsRecordedWithoutEC2() throws {
        var fixture = try FleetFixture.applied(.web { $0.instanceTypes = ["t3.medium"] })
        try fixture.edit("web") { $0.instanceTypes = ["c5.large", "t3.medium"] }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).systems == [.mysql])
        #expect(try fixture.update("web-1").touchesEC2 == false)
        #expect(try fixture.change(.instance("web-1")).changedAttributes == ["instance_types"])
    }

    @Test func unlistedTypeIsModifiedToTheFirstOfTheList() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.instanceTypes = ["c5.large", "m5.large"] }
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .update)
        #expect(change.before?["instance_type"] == "t3.medium")
        #expect(change.after?["instance_type"] == "c5.large")
        #expect(change.reason == "instance type changed")
        #expect(try fixture.update("web-1") == InstanceUpdate(instanceID: "i-2", instanceType: "c5.large"))
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(try fixture.seen("web-1").instanceType == "c5.large")
    }

    @Test func storageGrowsInPlace() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.storageGB = 64 }
        #expect(try fixture.update("web-1") == InstanceUpdate(instanceID: "i-2", storageGB: 64))
        let change = try fixture.change(.instance("web-1"))
        #expect(change.changedAttributes == ["storage_gb"])
        #expect(change.reason == "storage grows")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func storageThatShrinksIsAnErrorThatNamesBothSizes() throws {
        var fixture = try FleetFixture.applied(.web { $0.storageGB = 64 })
        try fixture.edit("web") { $0.storageGB = 32 }
        #expect(
            try fixture.errors() == [
                "fleet/deployments/web.yaml:1:1: error: instance 'web-1' has 64 GiB and EBS volumes cannot shrink to 32 "
                    + "(keep storage_gb at 64, or replace it: --replace instance.web-1)"
            ])
        #expect(try fixture.errors(PlanOptions(replacements: [.instance("web-1")])) == [])
    }

    @Test func volumeThatWasGrownByHandIsDriftAndNoError() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.record("web-1") { $0.storageGB = 100 }
        let result = try fixture.result()
        #expect(result.diagnostics == [])
        #expect(result.plan.lines == [])
        #expect(result.plan.driftLines == ["instance.web-1 storage_gb"])
        #expect(result.plan.drift.first?.recorded == 32)
        #expect(result.plan.drift.first?.observed == 100)
    }

    @Test func storageBelowAVolumeThatWasGrownByHandShowsWhatTheFilesSay() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.record("web-1") { $0.storageGB = 100 }
        try fixture.edit("web") { $0.storageGB = 64 }
        let change = try fixture.change(.instance("web-1"))
        #expect(change.systems == [.mysql])
        #expect(change.before?["storage_gb"] == 32)
        #expect(change.after?["storage_gb"] == 64)
        #expect(try fixture.errors() == [])
    }

    @Test func scriptThatMovesWithinItsBundleTouchesNoEC2() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.bots[0].path = "bots/watch.js"
        #expect(try fixture.changes() == ["update bot.watch", "update instance.web-1"])
        try expectWorkAlone(fixture, ["script"], "bundle changed")
    }

    @Test func profileChangesInPlace() throws {
        var fixture = try FleetFixture.applied(.web(), .web("zebra") { $0.instanceProfile = "other-bot" })
        fixture.settings.aws.instanceProfile = "acme-bot-2"
        #expect(try fixture.changes() == ["update fleet.acme", "update instance.web-1"])
        #expect(try fixture.update("web-1") == InstanceUpdate(instanceID: "i-2", instanceProfile: "acme-bot-2"))
        #expect(try fixture.change(.instance("web-1")).reason == "instance profile changed")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func usersProfileWinsOverTheFleetsAndTheDeploymentsOverBoth() throws {
        var fixture = try FleetFixture(.web(), .web("own") { $0.instanceProfile = "own-bot" })
        fixture.users[0].instanceProfile = "anna-bot"
        #expect(try fixture.operation("web-1").spec?.instanceProfile == "anna-bot")
        #expect(try fixture.operation("own-1").spec?.instanceProfile == "own-bot")
    }

    @Test func profileGivenByItsARNIsNoDrift() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") {
            $0.instanceProfileARN = "arn:aws:iam::123456789012:instance-profile/bots/acme-bot"
        }
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func protectIsRecordedWithoutAWS() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.protect = true }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
        let change = try fixture.change(.instance("web-1"))
        #expect(change.systems == [.mysql])
        #expect(change.changedAttributes == ["protect"])
    }

    @Test func severalChangesAreOneUpdateWithAllReasons() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") {
            $0.parameters["speed"] = .text("9")
            $0.instanceTypes = ["c5.large"]
            $0.storageGB = 40
            $0.instanceProfile = "other"
        }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
        let change = try fixture.change(.instance("web-1"))
        #expect(
            change.reason == "parameters changed, instance type changed, storage grows, instance profile changed")
        #expect(
            change.changedAttributes == ["instance_profile", "instance_type", "parameters", "storage_gb"])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func changeOfWorkAndOfPowerIsOneChange() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") {
            $0.parameters["speed"] = .text("9")
            $0.power = .state(.stopped)
        }
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .update)
        #expect(change.changedAttributes == ["parameters", "state"])
        #expect(try fixture.operation("web-1").power == .stopped)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(try fixture.seen("web-1").state == .stopped)
    }

    @Test func instanceThatWasNeverLaunchedOnlyChangesItsRow() throws {
        var fixture = try FleetFixture.applied(.web(power: .state(.stopped)))
        try fixture.edit("web") { $0.storageGB = 8 }
        #expect(try fixture.changes() == ["update deployment.web", "update instance.web-1"])
        let change = try fixture.change(.instance("web-1"))
        #expect(change.systems == [.mysql])
        #expect(change.reason == "its definition changed; not launched yet")
        #expect(try fixture.operation("web-1").kind == .record)
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }
}
