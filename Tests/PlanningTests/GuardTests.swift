import FleetModel
import Planning
import Testing

/// Limits, and how much a plan takes away.
@Suite struct GuardTests {
    @Test func countOverTheRegionsLimitIsAnErrorAtTheLimit() throws {
        var fixture = try FleetFixture(.web(count: 3), .web("other", count: 2))
        fixture.regions[0].limit = 5
        #expect(try fixture.errors() == [])
        fixture.regions[0].limit = 4
        #expect(
            try fixture.errors() == [
                "fleet/regions.yaml:1:1: error: 5 instances are wanted in eu-west-1, whose limit is 4 "
                    + "(raise the limit or lower a count)"
            ])
    }

    @Test func somebodysInstancesCountTowardsTheLimit() throws {
        var fixture = try FleetFixture(.web(count: 3))
        fixture.regions[0].limit = 3
        fixture.recorded.instances["old"] = RecordedInstance(
            name: "old", managed: false, region: "eu-west-1", user: "anna@example.com", state: .stopped,
            instanceID: "i-9")
        #expect(try fixture.errors().count == 1)
        fixture.recorded.instances["old"]?.state = .terminated
        #expect(try fixture.errors() == [])
    }

    @Test func limitsAreEachRegionsOwn() throws {
        var fixture = try FleetFixture(.web(count: 2), .web("east", count: 2) { $0.region = "us-east-2" })
        fixture.regions = [
            Region(name: "eu-west-1", limit: 2, defaultImage: .id("ami-1")),
            Region(name: "us-east-2", limit: 1, defaultImage: .id("ami-2")),
        ]
        #expect(try fixture.errors().map { $0.contains("us-east-2, whose limit is 1") } == [true])
    }

    @Test func startsBeyondTheAccountsQuotaAreAnErrorAndWhatRunsAlreadyIsNone() throws {
        var fixture = try FleetFixture(.web(count: 3, power: .state(.running)))
        var capacity = RecordedCapacity()
        capacity.quota = 16
        capacity.usage = [
            VCPUUsage(type: "m5.xlarge", instances: 3, vcpus: 12, size: 4),
            VCPUUsage(type: "t3.medium", instances: 0, vcpus: 0, size: 2),
        ]
        fixture.recorded.capacities["eu-west-1"] = capacity
        #expect(
            try fixture.errors() == [
                "fleet/regions.yaml:1:1: error: 6 more vCPUs would be started in eu-west-1, where the account uses 12 of its 16 "
                    + "(botfleet sync regions reads both anew; AWS raises the quota on request)"
            ])
        fixture.recorded.capacities["eu-west-1"]?.quota = 18
        #expect(try fixture.errors() == [])
        fixture.recorded.capacities["eu-west-1"]?.quota = nil
        #expect(try fixture.errors() == [], "what is not known refuses nothing")
        var running = try FleetFixture.applied(.web(count: 3, power: .state(.running)))
        capacity.quota = 1
        running.recorded.capacities["eu-west-1"] = capacity
        #expect(try running.errors() == [])
    }

    @Test func terminationsCountDeletesAndReplacementsOfMachinesAlone() throws {
        var fixture = try FleetFixture.applied(
            .web(count: 4), .web("idle", count: 2, power: .state(.stopped)), .web("other"))
        try fixture.edit("web") { $0.count = 2 }
        try fixture.edit("other") { $0.image = "ami-new" }
        fixture.deployments.removeAll { $0.name == "idle" }
        let plan = try fixture.plan()
        #expect(plan.summary.delete == 5)
        #expect(plan.summary.replace == 1)
        #expect(plan.terminations == 3)
        #expect(!plan.leavesNothing(of: fixture.recorded))
    }

    @Test func planThatDeletesAllOfSeveralLeavesNothing() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.edit("web") { $0.count = 0 }
        #expect(try fixture.plan().leavesNothing(of: fixture.recorded))
        try fixture.edit("web") { $0.count = 1 }
        #expect(try !fixture.plan().leavesNothing(of: fixture.recorded))
    }

    @Test func theOnlyInstanceMayGo() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.deployments = []
        #expect(try !fixture.plan().leavesNothing(of: fixture.recorded))
        #expect(try fixture.plan().terminations == 1)
    }

    @Test func replacingAllLeavesAll() throws {
        let fixture = try FleetFixture.applied(.web(count: 2))
        let plan = try fixture.plan(PlanOptions(replacements: [.deployment("web")]))
        #expect(plan.terminations == 2)
        #expect(!plan.leavesNothing(of: fixture.recorded))
    }

    @Test func instancesThatAreGoneOrSomebodysDoNotCountAsLeft() throws {
        var fixture = try FleetFixture.applied(.web(count: 3))
        try fixture.byHand("web-1") { $0.state = .terminated }
        try fixture.record("web-1") { $0.state = .terminated }
        fixture.recorded.instances["old"] = RecordedInstance(
            name: "old", managed: false, region: "eu-west-1", user: "anna@example.com", state: .running,
            instanceID: "i-9")
        fixture.deployments = []
        #expect(try fixture.plan().leavesNothing(of: fixture.recorded))
    }
}
