import FleetModel
import Planning
import Testing

/// Security groups, key pairs and bundles: what instances share.
@Suite struct SharedResourceTests {
    private let group = Address.securityGroup(region: "eu-west-1", user: "anna@example.com")
    private let key = Address.keyPair(region: "eu-west-1", user: "anna@example.com")

    private func mutateGroup(
        _ fixture: inout FleetFixture, _ change: (inout ObservedSecurityGroup) -> Void
    ) throws {
        var region = try #require(fixture.observed.regions["eu-west-1"])
        change(&region.securityGroups[0])
        fixture.observed.regions["eu-west-1"] = region
    }

    private func operation(_ fixture: FleetFixture) throws -> SecurityGroupOperation {
        guard case .putSecurityGroup(let operation)? = try fixture.change(group).operation else {
            throw FixtureFailure(message: "the group is not put")
        }
        return operation
    }

    @Test func rulesArePortsTimesAddressesAndGrants() throws {
        var fixture = try FleetFixture(.web())
        let office = try CIDR(parsing: "203.0.113.7/32")
        let home = try CIDR(parsing: "192.0.2.1")
        let old = try CIDR(parsing: "192.0.2.2")
        fixture.recorded.grants = [
            AddressGrant(user: "Anna@example.com", source: home, until: try at("2026-11-23T12:00:01Z")),
            AddressGrant(user: "anna@example.com", source: old, until: try at("2026-11-23T12:00:00Z")),
            AddressGrant(user: "ben@example.com", source: old, until: nil),
        ]
        let operation = try operation(fixture)
        #expect(operation.groupID == nil)
        #expect(operation.remove == [])
        #expect(
            operation.add == [
                IngressRule(port: 22, source: home), IngressRule(port: 22, source: office),
                IngressRule(port: 6080, source: home), IngressRule(port: 6080, source: office),
            ])
        let change = try fixture.change(group)
        #expect(
            change.after?["rules"] == [
                "22 from 192.0.2.1/32", "22 from 203.0.113.7/32", "6080 from 192.0.2.1/32", "6080 from 203.0.113.7/32",
            ])
        #expect(change.reason == "its user has instances in eu-west-1")
        #expect(change.location == "fleet/users.yaml:1")
    }

    @Test func grantIsNeverDriftAndItsEndClosesTheRule() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.recorded.grants = [
                AddressGrant(
                    user: "anna@example.com", source: try CIDR(parsing: "192.0.2.1"),
                    until: try at("2026-11-24T12:00:00Z"))
            ]
        }
        #expect(try fixture.plan().drift == [])
        fixture.now = try at("2026-11-24T12:00:00Z")
        #expect(try fixture.changes() == ["update \(group)"])
        #expect(try operation(fixture).remove.count == 2)
    }

    @Test func ruleThatWasAddedByHandIsDriftAndRemoved() throws {
        var fixture = try FleetFixture.applied(.web())
        let open = IngressRule(port: 22, source: try CIDR(parsing: "0.0.0.0/0"))
        try mutateGroup(&fixture) { $0.rules.insert(open) }
        let plan = try fixture.plan()
        #expect(plan.lines == ["update \(group)"])
        #expect(plan.driftLines == ["\(group) rules fixed"])
        #expect(try operation(fixture).remove == [open])
        #expect(plan.changes.first?.reason == "it was changed by hand")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func rulesOfOtherShapesAreShownAndLeft() throws {
        var fixture = try FleetFixture.applied(.web())
        try mutateGroup(&fixture) { $0.foreignRules = ["tcp 8000-9000 from 0.0.0.0/0"] }
        let plan = try fixture.plan()
        #expect(plan.lines == [])
        #expect(plan.driftLines == ["\(group) other_rules"])
    }

    @Test func tagsOfAGroupAreMended() throws {
        var fixture = try FleetFixture.applied(.web())
        try mutateGroup(&fixture) { $0.tags[Tag.fleet] = nil }
        #expect(try fixture.changes() == ["update \(group)"])
        #expect(try operation(fixture).tags == [Tag.fleet: "acme"])
        #expect(try fixture.plan().driftLines == ["\(group) tags fixed"])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func groupThatIsGoneIsMadeAnewAndItsInstancesMoveIn() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.observed.regions["eu-west-1"]?.securityGroups = []
        try fixture.byHand("web-1") { $0.securityGroupIDs = ["sg-default"] }
        #expect(try fixture.changes() == ["create \(group)", "update instance.web-1"])
        #expect(try fixture.change(group).reason == "AWS has it no more")
        #expect(try fixture.plan().driftLines == ["\(group) group fixed", "instance.web-1 security_groups fixed"])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func groupThatNobodyRecordedIsAdoptedByItsTags() throws {
        var fixture = try FleetFixture.applied(.web())
        fixture.recorded.securityGroups = [:]
        let change = try fixture.change(group)
        #expect(change.action == .adopt)
        #expect(change.systems == [.mysql])
        #expect(try operation(fixture).groupID == "sg-1")
        #expect(try operation(fixture).add == [])
    }

    @Test func recordedRulesInAnotherOrderAreTheSame() throws {
        var fixture = try FleetFixture.applied(.web()) {
            $0.users[0].allowedIPs = try (1...20).map { try CIDR(parsing: "192.0.2.\($0)") }
        }
        let row = try #require(fixture.recorded.securityGroups[group])
        guard case .object(var members) = try CanonicalJSON.decode(JSONValue.self, from: row.definition.json),
            case .array(let rules)? = members["rules"]
        else {
            Issue.record("no rules are recorded")
            return
        }
        members["rules"] = .array(rules.reversed())
        fixture.recorded.securityGroups[group]?.definition.json = try CanonicalJSON.encode(JSONValue.object(members))
        #expect(try fixture.changes() == [])
    }

    @Test func userWithoutAddressesHasAGroupWithoutRules() throws {
        var fixture = try FleetFixture(.web())
        fixture.users[0].allowedIPs = []
        #expect(try operation(fixture).add == [])
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func keyPairThatIsGoneIsImportedAgain() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        fixture.observed.regions["eu-west-1"]?.keyPairs = []
        let change = try fixture.change(key)
        #expect(try fixture.changes() == ["update \(key)"])
        #expect(change.reason == "AWS has it no more")
        #expect(try fixture.plan().driftLines == ["\(key) key fixed"])
        guard case .putKeyPair(let operation)? = change.operation else {
            Issue.record("the key is not put")
            return
        }
        #expect(operation.replaces == false)
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func changedKeyReplacesThePair() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        fixture.users[0].sshPublicKey = "ssh-ed25519 BBBB"
        guard case .putKeyPair(let operation)? = try fixture.change(key).operation else {
            Issue.record("the key is not put")
            return
        }
        #expect(operation.replaces)
        #expect(operation.spec.publicKey == "ssh-ed25519 BBBB")
        try fixture.apply()
        #expect(try fixture.changes() == [])
    }

    @Test func removedKeyDeletesThePairAndNoInstance() throws {
        var fixture = try FleetFixture.applied(.web()) { $0.users[0].sshPublicKey = "ssh-ed25519 AAAA" }
        fixture.users[0].sshPublicKey = nil
        #expect(try fixture.changes() == ["update user.anna@example.com", "delete \(key)"])
    }

    @Test func bundleGoesWithItsLastDeploymentAndItsObjectUnlessShared() throws {
        var fixture = try FleetFixture.applied(.web(), .web("other") { $0.bot = "track" }) {
            $0.bundles = ["watch": "same", "track": "same"]
        }
        fixture.deployments.removeLast()
        guard case .deleteBundle(_, let isShared)? = try fixture.change(.bundle("track")).operation else {
            Issue.record("the bundle is not deleted")
            return
        }
        #expect(isShared)
        fixture.deployments = []
        guard case .deleteBundle(_, let isStillShared)? = try fixture.change(.bundle("track")).operation else {
            Issue.record("the bundle is not deleted")
            return
        }
        #expect(!isStillShared)
    }

    @Test(arguments: [
        ("anna@example.com", "botfleet-acme-anna@example.com"), ("Anna@Example.com", "botfleet-acme-anna@example.com"),
    ]) func groupIsNamedByItsFleetAndUser(_ email: String, _ name: String) {
        #expect(ResourceNames.group(fleet: "acme", user: email) == name)
    }

    @Test func addressesThatDifferInRareCharactersHaveDifferentGroups() {
        let names = ["a'b@example.com", "a_b@example.com", "a\"b@example.com", "ä_b@example.com"].map {
            ResourceNames.group(fleet: "acme", user: $0)
        }
        #expect(Set(names).count == 4)
        #expect(names[1] == "botfleet-acme-a_b@example.com")
        let long = ResourceNames.group(
            fleet: String(repeating: "f", count: 63), user: String(repeating: "é", count: 300) + "@example.com")
        #expect(long.unicodeScalars.count <= 255)
        #expect(long.unicodeScalars.allSatisfy { $0.isASCII })
    }
}
