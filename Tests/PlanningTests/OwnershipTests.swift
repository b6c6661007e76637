import FleetModel
import Planning
import Testing

/// What is not this fleet's is never touched.
@Suite struct OwnershipTests {
    private let group = Address.securityGroup(region: "eu-west-1", user: "anna@example.com")

    @Test func otherFleetsThingsBesideOursAreInNoPlan() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        var region = try #require(fixture.observed.regions["eu-west-1"])
        region.instances.append(
            ObservedInstance(
                instanceID: "i-other", region: "eu-west-1", state: .running, instanceType: "t3.medium",
                imageID: "ami-1",
                tags: [Tag.name: "web-1", Tag.fleet: "other", Tag.userEmail: "anna@example.com"]))
        region.instances.append(
            ObservedInstance(
                instanceID: "i-bare", region: "eu-west-1", state: .running, instanceType: "t3.medium", imageID: "ami-1")
        )
        region.securityGroups.append(
            ObservedSecurityGroup(
                groupID: "sg-other", region: "eu-west-1", name: "botfleet-acme-anna@example.com",
                tags: [Tag.fleet: "other"]))
        region.keyPairs.append(
            ObservedKeyPair(name: "botfleet-other-anna@example.com", region: "eu-west-1", tags: [Tag.fleet: "other"]))
        fixture.observed.regions["eu-west-1"] = region
        #expect(try fixture.changes() == [])
        fixture.deployments = []
        let ids = try fixture.plan().touchedIDs
        #expect(ids.isDisjoint(with: ["i-other", "i-bare", "sg-other"]))
        #expect(ids.contains("i-3") && ids.contains("sg-1"))
    }

    @Test func recordedInstanceThatBearsAnotherFleetsTagIsAnErrorAndLeftAlone() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.tags[Tag.fleet] = "other" }
        try fixture.edit("web") { $0.image = "ami-new" }
        #expect(try fixture.changes() == ["update deployment.web"])
        #expect(
            try fixture.errors() == [
                "fleet/deployments/web.yaml:1:1: error: instance 'web-1' (i-2) now bears the tag of fleet 'other'; "
                    + "it is left alone"
            ])
    }

    @Test func removedInstanceThatBearsAnotherFleetsTagOnlyLosesItsRow() throws {
        var fixture = try FleetFixture.applied(.web())
        try fixture.byHand("web-1") { $0.tags[Tag.fleet] = "other" }
        fixture.deployments = []
        #expect(try fixture.operation("web-1").kind == .terminate(instanceID: nil, region: "eu-west-1"))
        #expect(try fixture.change(.instance("web-1")).systems == [.mysql])
        #expect(
            try fixture.plan().noteLines.contains("instance.web-1: i-2 now belongs to fleet 'other'; only its row goes")
        )
        #expect(try fixture.plan().terminations == 0)
    }

    @Test func recordedGroupThatBearsAnotherFleetsTagIsNeitherChangedNorDeleted() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.observed.regions["eu-west-1"]?.securityGroups[0].tags[Tag.fleet] = "other"
        fixture.users[0].allowedIPs = []
        #expect(try fixture.plan().touchedIDs.contains("sg-1") == false)
        fixture.deployments = []
        let plan = try fixture.plan()
        #expect(plan.touchedIDs.contains("sg-1") == false)
        #expect(plan.noteLines.contains("\(group): sg-1 now belongs to fleet 'other'; it is left alone"))
    }

    @Test func recordedKeyPairThatBearsAnotherFleetsTagIsNeitherReplacedNorDeleted() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        fixture.observed.regions["eu-west-1"]?.keyPairs[0].tags[Tag.fleet] = "other"
        fixture.users[0].sshPublicKey = nil
        let plan = try fixture.plan()
        #expect(plan.lines == ["update user.anna@example.com"])
        #expect(
            plan.noteLines == [
                "key_pair.eu-west-1/anna@example.com: botfleet-acme-anna@example.com now belongs to fleet 'other'; "
                    + "it is left alone"
            ])
    }

    @Test func keyPairOfOurNameThatNobodyRecordedAndNobodyTaggedIsNotReplaced() throws {
        var fixture = try FleetFixture(.web())
        fixture.users[0].sshPublicKey = "ssh-ed25519 AAAA"
        fixture.observed.regions["eu-west-1"] = ObservedRegion(keyPairs: [
            ObservedKeyPair(name: "botfleet-acme-anna@example.com", region: "eu-west-1")
        ])
        let change = try fixture.change(.keyPair(region: "eu-west-1", user: "anna@example.com"))
        guard case .putKeyPair(let operation)? = change.operation else {
            Issue.record("another operation: \(String(describing: change.operation))")
            return
        }
        #expect(!operation.replaces)
    }

    @Test func unmanagedInstancesAreListedAndNeverTouched() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.recorded.instances["old-bot"] = RecordedInstance(
            name: "old-bot", managed: false, region: "eu-west-1", user: "anna@example.com", state: .running,
            instanceID: "i-old")
        fixture.observed.regions["eu-west-1"]?.instances.append(
            ObservedInstance(
                instanceID: "i-old", region: "eu-west-1", state: .stopped, instanceType: "t2.micro", imageID: "ami-1",
                tags: [Tag.name: "old-bot", Tag.userEmail: "anna@example.com"]))
        #expect(try fixture.changes() == [])
        fixture.deployments = []
        #expect(try fixture.plan().touchedIDs.contains("i-old") == false)
    }
}

extension Plan {
    /// Ids of AWS that the operations of this plan name.
    var touchedIDs: Set<String> {
        var ids = Set<String>()
        for change in changes {
            switch change.operation {
            case .putSecurityGroup(let operation): if let id = operation.groupID { ids.insert(id) }
            case .deleteSecurityGroup(_, let id): ids.insert(id)
            case .deleteKeyPair(_, let name): ids.insert(name)
            case .putKeyPair(let operation): if operation.replaces { ids.insert(operation.keyName) }
            case .instance(let operation):
                switch operation.kind {
                case .record, .launch: break
                case .update(let update): if let id = update.instanceID { ids.insert(id) }
                case .replace(let id, _, _), .terminate(let id, _): if let id { ids.insert(id) }
                case .adopt(let id, _): ids.insert(id)
                }
            case .putSettings, .putRegion, .putUser, .putSchedule, .putBot, .putBundle, .putDeployment, .delete,
                .deleteBundle, nil:
                break
            }
        }
        return ids
    }
}
