import FleetModel
import Planning
import Testing

/// Running hours and cost of a week, before and after (SPEC 4).
@Suite struct FiguresTests {
    private let prices = ["t3.medium": 0.05, "c5.large": 0.10]

    @Test func hoursAreThoseOfTheNextSevenDays() throws {
        var fixture = try FleetFixture(
            .web(count: 2), .web("office", count: 3, power: .schedule("office-hours")),
            .web("idle", power: .state(.stopped)))
        fixture.schedules = [FleetFixture.officeHours()]
        let plan = try fixture.plan()
        // 2 × 168 hours, and 3 × five windows of 10.5 hours.
        #expect(plan.runningHoursPerWeek == Plan.BeforeAfter(before: 0, after: 336 + 157.5))
        #expect(plan.costPerWeek == nil)
        try fixture.apply()
        #expect(try fixture.plan().runningHoursPerWeek == Plan.BeforeAfter(before: 493.5, after: 493.5))
    }

    @Test func countScheduleHoldAndSuspensionChangeTheHours() throws {
        var fixture = try FleetFixture.applied(.web(count: 2)) { $0.schedules = [FleetFixture.officeHours()] }
        func hours(_ change: (inout FleetFixture) throws -> Void) throws -> Plan.BeforeAfter {
            var edited = fixture
            try change(&edited)
            return try edited.plan().runningHoursPerWeek
        }
        #expect(try hours { try $0.edit("web") { $0.count = 3 } } == Plan.BeforeAfter(before: 336, after: 504))
        #expect(
            try hours { try $0.edit("web") { $0.power = .schedule("office-hours") } }
                == Plan.BeforeAfter(before: 336, after: 105))
        #expect(
            try hours {
                try $0.edit("web") { $0.hold = Hold(state: .stopped, until: LocalDateTime("2026-11-24T13:00")) }
            } == Plan.BeforeAfter(before: 336, after: 288))
        #expect(try hours { $0.users[0].status = .suspended } == Plan.BeforeAfter(before: 336, after: 0))
        #expect(try hours { $0.deployments = [] } == Plan.BeforeAfter(before: 336, after: 0))
        try fixture.edit("web") { $0.power = .schedule("office-hours") }
        try fixture.apply()
        #expect(
            try hours { $0.schedules = [FleetFixture.officeHours("09:00")] } == Plan.BeforeAfter(before: 105, after: 10)
        )
        #expect(
            try hours { $0.users[0].timezone = "America/New_York" } == Plan.BeforeAfter(before: 105, after: 105))
    }

    @Test func costFollowsTheFirstTypeAndItsPrice() throws {
        var fixture = try FleetFixture.applied(
            .web(count: 2), .web("big") { $0.instanceTypes = ["c5.large", "t3.medium"] }
        ) {
            $0.settings.prices = prices
        }
        let cost = 33.6
        #expect(try fixture.plan().costPerWeek == Plan.BeforeAfter(before: cost, after: cost))
        try fixture.edit("web") { $0.instanceTypes = ["c5.large"] }
        #expect(try fixture.plan().costPerWeek == Plan.BeforeAfter(before: cost, after: 50.4))
        try fixture.edit("web") { $0.instanceTypes = ["x9.unpriced"] }
        #expect(try fixture.plan().costPerWeek == Plan.BeforeAfter(before: cost, after: 16.8))
    }

    @Test func newDefaultTypeChangesTheCost() throws {
        var fixture = try FleetFixture.applied(.web(count: 2)) { $0.settings.prices = prices }
        fixture.settings.defaults.instanceType = "c5.large"
        #expect(try fixture.plan().costPerWeek == Plan.BeforeAfter(before: 16.8, after: 33.6))
    }

    @Test func hoursOfADeploymentWhoseUserMovedZonesAreTheRecordedOnes() throws {
        // A week in which Berlin's clocks go back: one hour more of running there.
        var fixture = try FleetFixture.applied(.web(power: .schedule("nights"))) {
            $0.now = try at("2026-10-20T12:00:00Z")
            $0.schedules = [
                Schedule(
                    name: "nights",
                    week: [
                        ScheduleEntry(
                            days: Weekday.allCases.map { .every($0) }, start: LocalTime("00:00"),
                            stop: LocalTime("06:00"))
                    ])
            ]
        }
        #expect(try fixture.plan().runningHoursPerWeek == Plan.BeforeAfter(before: 43, after: 43))
        fixture.users[0].timezone = "Asia/Tokyo"
        #expect(try fixture.plan().runningHoursPerWeek == Plan.BeforeAfter(before: 43, after: 42))
    }

    @Test func upcomingTransitionsAreThoseOfChangedSchedulesAlone() throws {
        var fixture = try FleetFixture.applied(
            .web(power: .schedule("office-hours")), .web("late", power: .schedule("late")), .web("none", count: 0)
        ) {
            var late = FleetFixture.officeHours("22:00")
            late.name = "late"
            $0.schedules = [FleetFixture.officeHours(), late]
        }
        #expect(try fixture.plan().upcoming == [])
        try fixture.edit("late") { $0.hold = Hold(state: .stopped, until: LocalDateTime("2026-11-25T08:00")) }
        let upcoming = try fixture.plan().upcoming
        #expect(upcoming.map(\.address) == [.deployment("late")])
        let first = try #require(upcoming.first?.transitions.first)
        #expect(
            first
                == Plan.Upcoming.Entry(
                    at: try at("2026-11-25T07:00:00Z"), local: "2026-11-25T08:00:00+01:00", action: .start))
    }
}
