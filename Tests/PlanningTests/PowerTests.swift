import FleetModel
import Planning
import Testing

/// Starts and stops in plans: what moves the cursor, and what is left to schedules and people (SPEC 2).
@Suite struct PowerTests {
    private func officeFleet(_ change: (inout FleetFixture) throws -> Void = { _ in }) throws -> FleetFixture {
        try FleetFixture.applied(.web(power: .schedule("office-hours"))) {
            $0.schedules = [FleetFixture.officeHours()]
            try change(&$0)
        }
    }

    @Test func powerThatAScheduleExplainsIsNeverDrift() throws {
        var fixture = try officeFleet()
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.now = try at("2026-11-28T12:00:00Z")
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func handMadeStopUnderAScheduleIsLeftAlone() throws {
        var fixture = try officeFleet()
        try fixture.byHand("web-1") { $0.state = .stopped }
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func handMadeStartUnderAHoldIsLeftAlone() throws {
        var fixture = try FleetFixture.applied(
            .web { $0.hold = Hold(state: .running, until: LocalDateTime("2026-12-01T08:00")) })
        try fixture.byHand("web-1") { $0.state = .stopped }
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func overrideExplainsPower() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.recorded.overrides["web-1"] = PowerOverride(instance: "web-1", state: .stopped, until: nil)
        let plan = try fixture.plan()
        #expect(plan.lines == [] && plan.drift == [])
    }

    @Test func overrideThatEndedExplainsNothing() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.recorded.overrides["web-1"] = PowerOverride(
            instance: "web-1", state: .stopped, until: try at("2026-11-23T11:59:59Z"))
        #expect(try fixture.changes() == ["start instance.web-1"])
    }

    @Test func fixedStateThatWasStoppedByHandIsDriftAndStarted() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .stopping }
        let plan = try fixture.plan()
        #expect(plan.lines == ["start instance.web-1"])
        #expect(plan.driftLines == ["instance.web-1 state fixed"])
        #expect(plan.drift.first?.recorded == "running")
        #expect(plan.drift.first?.observed == "stopping")
        #expect(plan.changes.first?.reason == "running by its state")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func startingMachineIsNotStartedAgain() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.state = .launching }
        #expect(try fixture.plan().lines == [])
        #expect(try fixture.plan().drift == [])
    }

    @Test func changeOfStateStops() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.edit("web") { $0.power = .state(.stopped) }
        #expect(
            try fixture.changes() == ["update deployment.web", "stop instance.web-1", "stop instance.web-2"])
        #expect(try fixture.plan().drift == [])
        #expect(try fixture.change(.instance("web-1")).reason == "stopped by its state")
    }

    @Test func changeToAScheduleMovesTheCursor() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.schedules = [FleetFixture.officeHours()] }
        fixture.now = try at("2026-11-23T18:00:00Z")
        try fixture.edit("web") { $0.power = .schedule("office-hours") }
        #expect(try fixture.changes() == ["update deployment.web", "stop instance.web-1"])
        guard case .putDeployment(let planned)? = try fixture.change(.deployment("web")).operation else {
            Issue.record("no deployment is put")
            return
        }
        #expect(planned.nextTransition == (try at("2026-11-24T07:00:00Z")))
        #expect(planned.region == "eu-west-1")
    }

    @Test func changeOfAScheduleStartsWhatWasStoppedByHandToo() throws {
        var fixture = try officeFleet()
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.schedules = [FleetFixture.officeHours("19:00")]
        #expect(try fixture.changes() == ["update schedule.office-hours", "start instance.web-1"])
        #expect(try fixture.operation("web-1").source == .schedule)
    }

    @Test func changeOfScheduleNamesTheDeploymentsWhoseCursorMoves() throws {
        var fixture = try FleetFixture.applied(
            .web(power: .schedule("office-hours")), .web("other"), .web("new", power: .schedule("office-hours"))
        ) { $0.schedules = [FleetFixture.officeHours()] }
        fixture.schedules = [FleetFixture.officeHours("19:00")]
        try fixture.edit("new") { $0.storageGB = 40 }
        guard case .putSchedule(_, let affected)? = try fixture.change(.schedule("office-hours")).operation else {
            Issue.record("no schedule is put")
            return
        }
        // What changes itself brings its own cursor.
        #expect(affected.map(\.deployment.name) == ["web"])
        #expect(affected.map(\.nextTransition) == [try at("2026-11-23T18:00:00Z")])
    }

    @Test func changeOfTheUsersZoneMovesTheCursor() throws {
        var fixture = try officeFleet()
        fixture.users[0].timezone = "Pacific/Auckland"
        #expect(try fixture.changes() == ["update user.anna@example.com", "stop instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).reason == "stopped by office-hours until Tue 08:00")
    }

    @Test func changeOfTheUsersZoneIsNothingToAScheduleWithItsOwn() throws {
        var fixture = try officeFleet { $0.schedules = [FleetFixture.officeHours(timezone: "Europe/Berlin")] }
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.users[0].timezone = "Pacific/Auckland"
        #expect(try fixture.changes() == ["update user.anna@example.com"])
    }

    @Test func changeOfTheUsersNameMovesNothing() throws {
        var fixture = try officeFleet()
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.users[0].name = "Anna B."
        #expect(try fixture.changes() == ["update user.anna@example.com"])
    }

    @Test func suspendedUserIsStoppedAndOneActiveAgainStarted() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        fixture.users[0].status = .suspended
        #expect(
            try fixture.changes() == [
                "update user.anna@example.com", "stop instance.web-1", "stop instance.web-2",
            ])
        #expect(try fixture.operation("web-1").source == .suspend)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        try fixture.byHand("web-1") { $0.state = .running }
        #expect(try fixture.changes() == ["stop instance.web-1"])
        #expect(try fixture.plan().driftLines == ["instance.web-1 state fixed"])
        fixture.users[0].status = .active
        try fixture.byHand("web-1") { $0.state = .stopped }
        #expect(
            try fixture.changes() == [
                "update user.anna@example.com", "start instance.web-1", "start instance.web-2",
            ])
    }

    @Test func holdStopsAndItsRemovalStarts() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.edit("web") { $0.hold = Hold(state: .stopped, reason: "site under repair") }
        #expect(try fixture.changes() == ["update deployment.web", "stop instance.web-1"])
        #expect(try fixture.change(.instance("web-1")).reason == "stopped by hold (site under repair)")
        #expect(try fixture.operation("web-1").source == .hold)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        try fixture.edit("web") { $0.hold = nil }
        #expect(try fixture.changes() == ["update deployment.web", "start instance.web-1"])
    }

    @Test func suspensionWinsOverHoldAndHoldOverOverrideAndThatOverSchedule() throws {
        var fixture = try officeFleet()
        fixture.recorded.overrides["web-1"] = PowerOverride(instance: "web-1", state: .stopped, until: nil)
        fixture.schedules = [FleetFixture.officeHours("19:00")]
        #expect(try fixture.change(.instance("web-1")).reason == "stopped by override")
        try fixture.byHand("web-1") { $0.state = .stopped }
        try fixture.edit("web") { $0.hold = Hold(state: .running) }
        #expect(try fixture.change(.instance("web-1")).reason == "running by hold")
        try fixture.byHand("web-1") { $0.state = .running }
        fixture.users[0].status = .suspended
        #expect(try fixture.change(.instance("web-1")).reason == "stopped because the user is suspended")
    }

    @Test func pendingStartIsFinished() throws {
        var fixture = try officeFleet()
        try fixture.byHand("web-1") { $0.state = .stopped }
        fixture.recorded.pendingSessions["web-1"] = try session(.start)
        #expect(try fixture.changes() == ["start instance.web-1"])
        #expect(try fixture.plan().drift == [])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func pendingStopThatIsNotWantedAnyMoreIsNot() throws {
        var fixture = try officeFleet()
        fixture.recorded.pendingSessions["web-1"] = try session(.stop)
        #expect(try fixture.changes() == [])
    }

    @Test func pendingLaunchIsFinished() throws {
        var fixture = try officeFleet()
        try fixture.vanish("web-1")
        try fixture.record("web-1") {
            $0.state = .planned
            $0.instanceID = nil
        }
        #expect(try fixture.changes() == [])
        fixture.recorded.pendingSessions["web-1"] = try session(.start)
        #expect(try fixture.changes() == ["create instance.web-1"])
    }

    @Test func scheduleThatSaysNothingYetLeavesTheInstanceAlone() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.schedules = [Schedule(name: "never")] }
        try fixture.edit("web") { $0.power = .schedule("never") }
        #expect(try fixture.changes() == ["update deployment.web"])
        try fixture.byHand("web-1") { $0.state = .stopped }
        #expect(try fixture.changes() == ["update deployment.web"])
    }

    private func session(_ action: Session.Action) throws -> Session {
        Session(
            instance: "web-1", deployment: "web", user: "anna@example.com", action: action,
            scheduledFor: try at("2026-11-23T07:00:00Z"), outcome: .pending, source: .schedule)
    }
}
