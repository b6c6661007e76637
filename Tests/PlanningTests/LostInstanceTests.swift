import FleetModel
import Planning
import Testing

/// Instances that AWS has no more: terminated deliberately, by somebody, or vanished (SPEC 6).
@Suite struct LostInstanceTests {
    private func lostFleet(_ policy: WhenLost) throws -> FleetFixture {
        var fixture = try FleetFixture.applied(.web(count: 2) { $0.whenLost = policy })
        try fixture.vanish("web-1")
        try fixture.record("web-1") { $0.state = .lost }
        return fixture
    }

    @Test func lostInstanceIsRestoredWhereItsDeploymentSaysSo() throws {
        var fixture = try lostFleet(.restore)
        let plan = try fixture.plan()
        #expect(plan.lines == ["restore instance.web-1"])
        #expect(plan.driftLines == ["instance.web-1 instance fixed"])
        #expect(plan.summary.create == 1)
        #expect(plan.terminations == 0)
        #expect(plan.changes.first?.reason == "AWS lost i-2")
        let operation = try fixture.operation("web-1")
        #expect(operation.kind == .launch)
        #expect(operation.source == .restore)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(fixture.recorded.instances["web-1"]?.generation == 2)
    }

    @Test func lostInstanceIsOnlyReportedElse() throws {
        var fixture = try lostFleet(.report)
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.driftLines == ["instance.web-1 instance"])
        #expect(plan.noteLines == ["instance.web-1: lost; --replace instance.web-1 brings it back"])
        try fixture.edit("web") { $0.storageGB = 40 }
        #expect(
            try fixture.changes() == ["update deployment.web", "restore instance.web-1", "update instance.web-2"])
    }

    @Test func lostInstanceOutsideItsHoursIsRecordedForItsFirstStart() throws {
        var fixture = try FleetFixture.applied(.web(power: .schedule("office-hours")) { $0.whenLost = .restore }) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        try fixture.vanish("web-1")
        try fixture.record("web-1") { $0.state = .lost }
        fixture.now = try at("2026-11-28T12:00:00Z")
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .restore)
        #expect(change.systems == [.mysql])
        #expect(
            change.reason == "AWS lost i-2; stopped by office-hours until Mon 08:00, launched by its first start")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func lostInstanceThatIsThereAgainIsAdoptedAndNeverDoubled() throws {
        var fixture = try FleetFixture.applied(.web { $0.whenLost = .restore })
        try fixture.record("web-1") { $0.state = .lost }
        #expect(try fixture.changes() == ["adopt instance.web-1"])
        try fixture.apply()
        #expect(fixture.recorded.instances["web-1"]?.instanceID == "i-2")
        #expect(try fixture.changes() == [])
    }

    @Test func lostInstanceThatIsThereUnderAnotherNameIsAdopted() throws {
        var fixture = try FleetFixture.applied(.web { $0.whenLost = .restore })
        try fixture.record("web-1") { $0.state = .lost }
        try fixture.byHand("web-1") { $0.tags = [:] }
        #expect(try fixture.changes() == ["adopt instance.web-1"])
    }

    @Test func lostInstanceThatIsThereInItsOldRegionIsReplaced() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
        }
        try fixture.record("web-1") { $0.state = .lost }
        try fixture.edit("web") { $0.region = "us-east-2" }
        #expect(
            try fixture.operation("web-1").kind == .replace(instanceID: "i-2", region: "eu-west-1", launch: true))
        try fixture.apply()
        #expect(fixture.observed.regions["eu-west-1"]?.instances.filter(\.state.isAlive) == [])
    }

    @Test func machineOfItsNameAndFleetIsAdoptedBeforeALostOneIsLaunched() throws {
        var fixture = try FleetFixture.applied(.web { $0.whenLost = .restore })
        try fixture.byHand("web-1") { $0.instanceID = "i-relaunched" }
        try fixture.record("web-1") { $0.state = .lost }
        #expect(try fixture.changes() == ["adopt instance.web-1"])
        try fixture.apply()
        #expect(fixture.recorded.instances["web-1"]?.instanceID == "i-relaunched")
    }

    @Test func machineOfAFailedLaunchIsAdoptedBeforeAnotherIsLaunched() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.record("web-1") {
            $0.state = .planned
            $0.instanceID = nil
            $0.lastError = "timed out"
        }
        #expect(try fixture.changes() == ["adopt instance.web-1"])
    }

    @Test func instanceThatSomebodyTerminatedIsReported() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .terminated }
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.driftLines == ["instance.web-1 state"])
        #expect(plan.drift.first?.observed == "terminated")
        #expect(
            plan.noteLines == [
                "instance.web-1: terminated outside botfleet; --replace instance.web-1 or when_lost: restore brings it back"
            ])
    }

    @Test func instanceThatSomebodyTerminatedIsRestoredWhereItsDeploymentSaysSo() throws {
        var fixture = try FleetFixture.applied(.web { $0.whenLost = .restore })
        try fixture.byHand("web-1") { $0.state = .terminating }
        #expect(try fixture.changes() == ["restore instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).reason == "i-2 was terminated outside botfleet")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func instanceThatIsOnlyAbsentIsNeverRelaunched() throws {
        var fixture = try FleetFixture.applied(.web { $0.whenLost = .restore })
        try fixture.vanish("web-1")
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.driftLines == ["instance.web-1 state"])
        #expect(plan.drift.first?.observed == "absent")
        #expect(
            plan.noteLines == [
                "instance.web-1: AWS does not list i-2 now; instance:sync tells whether it is lost"
            ])
        // A change of its file says nothing about where the machine is.
        try fixture.edit("web") { $0.storageGB = 40 }
        #expect(try fixture.changes() == ["update deployment.web"])
    }

    @Test func instanceThatWasTerminatedDeliberatelyStaysSoUntilItsFileChanges() throws {
        var fixture = try FleetFixture.applied(.web(count: 2) { $0.whenLost = .restore })
        try fixture.byHand("web-1") { $0.state = .terminated }
        try fixture.record("web-1") { $0.state = .terminated }
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
        #expect(
            plan.noteLines == [
                "instance.web-1: terminated deliberately; --replace instance.web-1 or a change of its file brings it back"
            ])
        // Neither another's file nor the fleet's settings are its file.
        fixture.settings.defaults.storageGB = 40
        #expect(try fixture.changes() == ["update fleet.acme", "update instance.web-2"])
        try fixture.edit("web") { $0.parameters["speed"] = .text("1") }
        #expect(
            try fixture.changes() == [
                "update fleet.acme", "update deployment.web", "create instance.web-1", "update instance.web-2",
            ])
        #expect(try fixture.change(.instance("web-1")).reason == "terminated before; its file changed since")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func launchOfATerminatedInstanceThatAnApplyBeganIsFinished() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .terminated }
        try fixture.record("web-1") { $0.state = .terminated }
        fixture.recorded.pendingSessions["web-1"] = try start(.schedule)
        #expect(try fixture.changes() == [])
        fixture.recorded.pendingSessions["web-1"] = try start(.apply)
        #expect(try fixture.changes() == ["create instance.web-1"])
    }

    @Test func restoreOfALostInstanceThatAnApplyBeganIsFinished() throws {
        var fixture = try lostFleet(.report)
        fixture.recorded.pendingSessions["web-1"] = try start(.restore)
        #expect(try fixture.changes() == ["restore instance.web-1"])
    }

    @Test func terminatedInstanceOfARemovedFileOnlyLosesItsRow() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.byHand("web-2") { $0.state = .terminated }
        try fixture.record("web-2") { $0.state = .terminated }
        try fixture.edit("web") { $0.count = 1 }
        let change = try fixture.change(.instance("web-2"))
        #expect(change.action == .delete)
        #expect(change.systems == [.mysql])
        #expect(try fixture.operation("web-2").kind == .terminate(instanceID: nil, region: "eu-west-1"))
        #expect(try fixture.plan().terminations == 0)
    }

    @Test func absentInstanceOfARemovedFileIsTerminatedByItsID() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.vanish("web-2")
        try fixture.edit("web") { $0.count = 1 }
        #expect(try fixture.operation("web-2").kind == .terminate(instanceID: "i-3", region: "eu-west-1"))
    }

    @Test func openStepsAreNoted() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.recorded.openSteps = [
            Step(
                id: "1", apply: 1, address: .instance("web-1"), action: "RunInstances", region: "eu-west-1",
                request: "{}")
        ]
        #expect(
            try fixture.plan().noteLines == [
                "an apply was interrupted; the next one first finishes or undoes its 1 open steps"
            ])
    }

    private func start(_ source: Session.Source) throws -> Session {
        Session(
            instance: "web-1", deployment: "web", user: "anna@example.com", action: .start,
            scheduledFor: try at("2026-11-23T07:00:00Z"), outcome: .pending, source: source)
    }
}
