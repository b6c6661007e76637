import AWSCloud
import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import Planning
import Testing

@testable import Reconciling

/// What a dead apply left open is finished or undone, whichever side of its call it died on.
@Suite struct RecoveryTests {
    @Test func launchThatNeverReachedAWSIsMadeOnce() async throws {
        try await ReconcilingFixture.with { fixture in
            try await Launch(fixture).open()
            try await fixture.recover()
            #expect(try await fixture.liveInstances().count == 1)
            try await Launch(fixture).expectRecorded()
        }
    }

    @Test func launchWhoseAnswerWasLostIsFoundByItsTags() async throws {
        try await ReconcilingFixture.with { fixture in
            let launch = Launch(fixture)
            try await launch.open()
            let made = try await fixture.aws.ec2(region: "eu-west-1").runInstances(try await launch.request())
            try await fixture.recover()
            #expect(try await fixture.liveInstances() == [made.instanceID])
            try await launch.expectRecorded(made.instanceID)
        }
    }

    @Test func launchThatAWSRefusesFreesItsName() async throws {
        try await ReconcilingFixture.with { fixture in
            let launch = Launch(fixture, image: "ami-00000000")
            try await launch.open()
            try await fixture.recover()
            #expect(try await fixture.liveInstances() == [])
            #expect(try await fixture.openSteps() == 0)
            let row = try #require(try await fixture.store.instance(fleetID: fixture.fleetID, name: "web-1"))
            #expect(row.state == .planned)
            #expect(row.lastError?.contains("ami-00000000") == true)
        }
    }

    @Test func instanceOfAnEarlierGenerationIsNotTakenForTheLaunch() async throws {
        try await ReconcilingFixture.with { fixture in
            let launch = Launch(fixture)
            let old = try await fixture.aws.ec2(region: "eu-west-1").runInstances(
                try await launch.request(generation: 1))
            try await launch.open(generation: 2)
            try await fixture.recover()
            let row = try #require(try await fixture.store.instance(fleetID: fixture.fleetID, name: "web-1"))
            #expect(row.instanceID != nil)
            #expect(row.instanceID != old.instanceID)
        }
    }

    @Test func terminationIsRepeatedAndItsRowForgotten() async throws {
        try await ReconcilingFixture.with { fixture in
            let launch = Launch(fixture)
            try await launch.open()
            try await fixture.recover()
            let id = try #require(try await fixture.liveInstances().first)
            try await fixture.underApply { keeper in
                try await fixture.store.write(
                    [
                        .openStep(
                            Step(
                                id: UUID().uuidString, apply: nil, address: .instance("web-1"),
                                action: "TerminateInstances", region: "eu-west-1",
                                request: try CanonicalJSON.encode(TerminationRequest(instanceID: id, forgets: true))))
                    ], fleetID: fixture.fleetID, under: try await keeper.held(LeaseKeeper.apply))
            }
            try await fixture.recover()
            #expect(try await fixture.liveInstances() == [])
            #expect(try await fixture.store.instance(fleetID: fixture.fleetID, name: "web-1") == nil)
            #expect(try await fixture.openSteps() == 0)
        }
    }

    @Test func groupThatWasMadeAndNotRecordedIsRecorded() async throws {
        try await ReconcilingFixture.with { fixture in
            let launch = Launch(fixture)
            try await launch.basics()
            let spec = SecurityGroupSpec(
                region: "eu-west-1", user: "anna@example.com", vpc: nil,
                rules: [IngressRule(port: 22, source: try CIDR(parsing: "203.0.113.7"))])
            let ec2 = fixture.aws.ec2(region: "eu-west-1")
            let vpc = try #require(try await ec2.defaultVPC()).vpcID
            let id = try await ec2.createSecurityGroup(
                name: ResourceNames.group(fleet: fixture.settings.name, user: spec.user), description: "test", vpc: vpc,
                tags: ResourceNames.sharedTags(fleet: fixture.settings.name, user: spec.user))
            let address = Address.securityGroup(region: "eu-west-1", user: spec.user)
            try await open("CreateSecurityGroup", address, try CanonicalJSON.encode(spec), fixture)
            try await fixture.recover()
            let recorded = try await fixture.store.recordedState(fleet: fixture.settings.name)
            #expect(recorded.securityGroups[address]?.groupID == id)
            #expect(try await fixture.openSteps() == 0)
        }
    }

    @Test func groupThatWasNeverMadeIsGivenUp() async throws {
        try await ReconcilingFixture.with { fixture in
            try await Launch(fixture).basics()
            let spec = SecurityGroupSpec(region: "eu-west-1", user: "anna@example.com", vpc: nil, rules: [])
            let address = Address.securityGroup(region: "eu-west-1", user: spec.user)
            try await open("CreateSecurityGroup", address, try CanonicalJSON.encode(spec), fixture)
            try await fixture.recover()
            let recorded = try await fixture.store.recordedState(fleet: fixture.settings.name)
            #expect(recorded.securityGroups.isEmpty)
            #expect(try await fixture.openSteps() == 0)
        }
    }

    @Test func operationLockOfADeadApplyIsGivenBack() async throws {
        try await ReconcilingFixture.with { fixture in
            // The apply that died: its apply lease is gone, its operation lock is not.
            let dead = fixture.keeper()
            guard case .acquired = try await dead.acquire(LeaseKeeper.operation("web-1")) else {
                Issue.record("the lock was not free")
                return
            }
            try await Launch(fixture).open()
            try await fixture.recover()
            #expect(try await fixture.openSteps() == 0)
            await dead.close()
        }
    }

    @Test func stepOfAnInstanceThatAnotherWorksOnIsLeftToIt() async throws {
        try await ReconcilingFixture.with { fixture in
            let runner = fixture.keeper(purpose: "botfleet run")
            guard case .acquired = try await runner.acquire(LeaseKeeper.operation("web-1")) else {
                Issue.record("the lock was not free")
                return
            }
            try await Launch(fixture).open()
            try await fixture.recover()
            #expect(try await fixture.openSteps() == 1)
            #expect(try await fixture.liveInstances() == [])
            await runner.close()
        }
    }

    private func open(
        _ action: String, _ address: Address, _ request: String, _ fixture: ReconcilingFixture
    ) async throws {
        try await fixture.underApply { keeper in
            try await fixture.store.write(
                [
                    .openStep(
                        Step(
                            id: UUID().uuidString, apply: nil, address: address, action: action, region: "eu-west-1",
                            request: request))
                ], fleetID: fixture.fleetID, under: try await keeper.held(LeaseKeeper.apply))
        }
    }
}

/// A launch of `web-1` as an apply journals it.
private struct Launch {
    let fixture: ReconcilingFixture
    let image: String

    init(_ fixture: ReconcilingFixture, image: String = "ami-785db401") {
        self.fixture = fixture
        self.image = image
    }

    /// The rows that an instance's row refers to.
    func basics() async throws {
        let anna = User(email: "anna@example.com", timezone: "UTC", region: "eu-west-1")
        let bot = Bot(name: "watch", source: Bot.customSource, path: "watch.js")
        let deployment = Deployment(name: "web", user: anna.key, bot: "watch")
        try await fixture.underApply { keeper in
            try await fixture.store.write(
                [
                    .putRegion(Region(name: "eu-west-1")), .putUser(anna), .putBot(bot),
                    .putDeployment(
                        deployment, region: "eu-west-1", cursor: Instant(seconds: 0), nextTransition: nil),
                ], fleetID: fixture.fleetID, under: try await keeper.held(LeaseKeeper.apply))
        }
    }

    func request(generation: Int = 1) async throws -> RunInstancesRequest {
        let tags = [
            Tag.name: "web-1", Tag.fleet: fixture.settings.name, Tag.deployment: "web",
            Tag.generation: String(generation),
        ]
        return RunInstancesRequest(
            imageID: image, instanceType: "t3.medium", subnetID: nil, securityGroupIDs: [], keyName: nil,
            userData: "#cloud-config\n", rootDeviceName: "/dev/sda1", rootVolumeGB: 8, instanceProfile: nil,
            instanceTags: tags, volumeTags: tags, clientToken: "token-\(generation)")
    }

    /// The row and the open step that an apply leaves when it dies around its call.
    func open(generation: Int = 1) async throws {
        try await basics()
        let request = try await request(generation: generation)
        let row = RecordedInstance(
            name: "web-1", deployment: "web", region: "eu-west-1", user: "anna@example.com", bot: "watch",
            state: .launching, generation: generation, clientToken: request.clientToken)
        try await fixture.underApply { keeper in
            try await fixture.store.write(
                [
                    .putInstance(row),
                    .openStep(
                        Step(
                            id: UUID().uuidString, apply: nil, address: .instance("web-1"), action: "RunInstances",
                            region: "eu-west-1", request: try CanonicalJSON.encode(request),
                            clientToken: request.clientToken)),
                ], fleetID: fixture.fleetID, under: try await keeper.held(LeaseKeeper.apply))
        }
    }

    func expectRecorded(_ id: String? = nil) async throws {
        let row = try #require(try await fixture.store.instance(fleetID: fixture.fleetID, name: "web-1"))
        #expect(row.instanceID != nil)
        if let id { #expect(row.instanceID == id) }
        #expect(row.state.isAlive)
        #expect(try await fixture.openSteps() == 0)
    }
}
