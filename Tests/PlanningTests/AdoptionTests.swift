import FleetModel
import Planning
import Testing

/// Instances that bear a declared name and are in no record (SPEC 6).
@Suite struct AdoptionTests {
    private func stranger(_ id: String = "i-old", _ change: (inout ObservedInstance) -> Void = { _ in })
        -> ObservedInstance
    {
        var instance = ObservedInstance(
            instanceID: id, region: "eu-west-1", state: .running, instanceType: "t3.medium", imageID: "ami-80bots",
            instanceProfileARN: FleetFixture.profileARN("acme-bot"), securityGroupIDs: ["sg-80bots"],
            tags: [Tag.name: "web-1", Tag.userEmail: "Anna@example.com", Tag.bot: "watch"])
        change(&instance)
        return instance
    }

    private func fleet(_ strangers: ObservedInstance...) throws -> FleetFixture {
        var fixture = try FleetFixture(.web())
        fixture.observed.regions["eu-west-1"] = ObservedRegion(instances: strangers)
        return fixture
    }

    @Test func instanceOfAKnownUserAndNoFleetIsAdopted() throws {
        var fixture = try fleet(stranger())
        let change = try fixture.change(.instance("web-1"))
        #expect(change.action == .adopt)
        #expect(change.systems == [.aws, .mysql])
        #expect(change.reason == "i-old bears its name and has no record")
        let operation = try fixture.operation("web-1")
        #expect(
            operation.kind
                == .adopt(
                    instanceID: "i-old",
                    InstanceUpdate(
                        instanceID: "i-old", writesParameters: true,
                        tags: [
                            Tag.userEmail: "anna@example.com", Tag.fleet: "acme", Tag.deployment: "web",
                        ], setsSecurityGroup: true)))
        #expect(operation.power == nil)
        #expect(try fixture.plan().terminations == 0)
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(fixture.observed.regions["eu-west-1"]?.instances.count == 1)
    }

    @Test func adoptedInstanceTakesTypeAndProfileOfItsDeployment() throws {
        var fixture = try fleet(
            stranger {
                $0.instanceType = "m4.large"
                $0.instanceProfileARN = nil
            })
        guard case .adopt(_, let update) = try fixture.operation("web-1").kind else {
            Issue.record("it is not adopted")
            return
        }
        #expect(update.instanceType == "t3.medium")
        #expect(update.instanceProfile == "acme-bot")
        let change = try fixture.change(.instance("web-1"))
        #expect(change.before?["instance_type"] == "m4.large")
        #expect(change.after?["instance_type"] == "t3.medium")
        try fixture.apply()
        #expect(try fixture.changes() == [])
        #expect(try fixture.plan().drift == [])
    }

    @Test func adoptedInstanceIsStoppedWhereThatIsWanted() throws {
        var fixture = try fleet(stranger())
        try fixture.edit("web") { $0.power = .state(.stopped) }
        #expect(try fixture.operation("web-1").power == .stopped)
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func unmanagedRowOfTheNameIsTakenOver() throws {
        var fixture = try fleet(stranger())
        fixture.recorded.instances["web-1"] = RecordedInstance(
            name: "web-1", managed: false, region: "eu-west-1", user: "anna@example.com", state: .running,
            instanceID: "i-old", revision: 4)
        #expect(try fixture.change(.instance("web-1")).action == .adopt)
        try fixture.apply()
        #expect(fixture.recorded.instances["web-1"]?.managed == true)
        #expect(try fixture.changes() == [])
    }

    @Test func twoCandidatesAreAnErrorAndNothingIsLaunched() throws {
        let fixture = try fleet(stranger("i-b"), stranger("i-a"))
        #expect(
            try fixture.errors() == [
                "fleet/deployments/web.yaml:1:1: error: 2 instances in AWS are named 'web-1': i-a, i-b "
                    + "(terminate or rename all but one)"
            ])
        #expect(try !fixture.changes().contains { $0.hasSuffix("instance.web-1") })
    }

    @Test func instanceOfAnUnknownUserIsNotAdopted() throws {
        let fixture = try fleet(stranger { $0.tags[Tag.userEmail] = "someone@example.com" })
        #expect(try fixture.change(.instance("web-1")).action == .create)
    }

    @Test func instanceWithoutAUserIsNotAdopted() throws {
        let fixture = try fleet(stranger { $0.tags[Tag.userEmail] = nil })
        #expect(try fixture.change(.instance("web-1")).action == .create)
    }

    @Test func instanceOfThisFleetsTagIsAdoptedWhoeverItsUserWas() throws {
        let fixture = try fleet(
            stranger {
                $0.tags[Tag.userEmail] = nil
                $0.tags[Tag.fleet] = "acme"
            })
        #expect(try fixture.change(.instance("web-1")).action == .adopt)
    }

    @Test func instanceOfAnotherFleetIsNotAdopted() throws {
        let fixture = try fleet(stranger { $0.tags[Tag.fleet] = "other" })
        #expect(try fixture.change(.instance("web-1")).action == .create)
    }

    @Test func terminatedInstanceOfTheNameIsNotAdopted() throws {
        let fixture = try fleet(stranger { $0.state = .terminated }, stranger("i-2") { $0.state = .terminating })
        #expect(try fixture.change(.instance("web-1")).action == .create)
    }

    @Test func machineOfAnotherRowThatBearsTheNameIsNotAdopted() throws {
        var fixture = try FleetFixture.applied(.web(), .web("zebra"))
        try fixture.byHand("zebra-1") { $0.tags[Tag.name] = "web-2" }
        try fixture.edit("web") { $0.count = 2 }
        #expect(
            try fixture.changes() == ["update deployment.web", "create instance.web-2", "update instance.zebra-1"])
    }

    @Test func recordedMachineWithoutASpecIsTakenOverAndNotLaunchedAgain() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.record("web-1") { $0.spec = nil }
        #expect(try fixture.changes() == ["adopt instance.web-1"])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }
}
