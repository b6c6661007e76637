import AWSCloud
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Groups, keys, images and networks, against an EC2 that others wrote.
@Suite struct EC2NetworkTests {
    let sandbox: Sandbox
    let ec2: EC2
    let fleet: String

    init() async throws {
        sandbox = try await Sandbox.shared()
        ec2 = try TestClouds.at(sandbox.awsEndpoint).ec2(region: "eu-west-1")
        fleet = sandbox.freshName()
    }

    private func rule(_ port: Int, _ block: String) throws -> IngressRule {
        IngressRule(port: port, source: try CIDR(parsing: block))
    }

    @Test func groupIsMadeFilledEmptiedAndDeleted() async throws {
        let vpc = try #require(await ec2.defaultVPC())
        #expect(vpc.isDefault && vpc.cidr == "172.31.0.0/16")
        let tags = ["botfleet:fleet": fleet, "Name": "ä & b"]
        let id = try await ec2.createSecurityGroup(name: fleet, description: "of \(fleet)", vpc: vpc.vpcID, tags: tags)
        let rules = [
            try rule(22, "203.0.113.7"), try rule(22, "198.51.100.0/24"), try rule(22, "2001:db8::/32"),
            try rule(6080, "203.0.113.7"),
        ]
        try await ec2.authorizeIngress(group: id, rules: rules, description: "botfleet")
        var group = try #require(await ec2.securityGroups(matching: [EC2Filter("group-id", [id])]).first)
        #expect(group.rules == Set(rules))
        #expect(group.name == fleet && group.vpcID == vpc.vpcID && group.tags == tags && group.foreignRules == [])

        let again = await #expect(throws: AWSError.self) {
            try await ec2.authorizeIngress(group: id, rules: [rules[0]])
        }
        #expect(again?.code == .permissionDuplicate && again?.isDuplicate == true)
        let twin = await #expect(throws: AWSError.self) {
            try await ec2.createSecurityGroup(name: fleet, description: "x", vpc: vpc.vpcID, tags: [:])
        }
        #expect(twin?.code == .groupDuplicate && twin?.isDuplicate == true)

        try await ec2.revokeIngress(group: id, rules: Array(rules.dropFirst()))
        group = try #require(await ec2.securityGroups(matching: [.tag("botfleet:fleet", fleet)]).first)
        #expect(group.rules == [rules[0]])
        let gone = await #expect(throws: AWSError.self) { try await ec2.revokeIngress(group: id, rules: [rules[1]]) }
        #expect(gone?.code == .permissionNotFound)
        try await ec2.deleteSecurityGroup(id)
        #expect(try await ec2.securityGroups(matching: [EC2Filter("group-id", [id])]).isEmpty)
        let absent = await #expect(throws: AWSError.self) { try await ec2.deleteSecurityGroup(id) }
        #expect(absent?.isNotFound == true)
    }

    @Test func rulesOfOtherShapesAreSeenAsForeign() async throws {
        let vpc = try #require(await ec2.defaultVPC())
        let id = try await ec2.createSecurityGroup(name: fleet, description: "d", vpc: vpc.vpcID, tags: [:])
        for permission in [
            "IpProtocol=tcp,FromPort=80,ToPort=90,IpRanges=[{CidrIp=10.0.0.0/8}]",
            "IpProtocol=-1,IpRanges=[{CidrIp=10.1.0.0/16}]",
            "IpProtocol=udp,FromPort=53,ToPort=53,Ipv6Ranges=[{CidrIpv6=::/0}]",
            "IpProtocol=tcp,FromPort=22,ToPort=22,UserIdGroupPairs=[{GroupId=\(id)}]",
        ] {
            try await sandbox.aws(
                ["ec2", "authorize-security-group-ingress", "--group-id", id, "--ip-permissions", permission])
        }
        try await ec2.authorizeIngress(group: id, rules: [try rule(22, "10.2.0.0/16")])
        let group = try #require(await ec2.securityGroups(matching: [EC2Filter("group-id", [id])]).first)
        #expect(group.rules == [try rule(22, "10.2.0.0/16")])
        #expect(
            Set(group.foreignRules) == [
                "tcp 80-90 from 10.0.0.0/8", "all from 10.1.0.0/16", "udp 53 from ::/0", "tcp 22 from \(id)",
            ])
    }

    @Test func keyPairIsImportedListedAndDeleted() async throws {
        let text = try await withTemporaryDirectory { folder in
            try await succeed([
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna@host", "-f", "\(folder.path)/key",
            ])
            return try await succeed(["cat", "\(folder.path)/key.pub"])
        }
        let imported = try await ec2.importKeyPair(name: fleet, publicKey: text, tags: ["botfleet:fleet": fleet])
        #expect(imported.name == fleet && imported.fingerprint?.isEmpty == false)
        let listed = try await ec2.keyPairs(matching: [.tag("botfleet:fleet", fleet)])
        #expect(listed.map(\.name) == [fleet])
        #expect(listed.first?.keyPairID == imported.keyPairID && listed.first?.tags == ["botfleet:fleet": fleet])
        #expect(listed.first?.fingerprint == imported.fingerprint)
        let twin = await #expect(throws: AWSError.self) {
            try await ec2.importKeyPair(name: fleet, publicKey: text, tags: [:])
        }
        #expect(twin?.code == .keyPairDuplicate)
        try await ec2.deleteKeyPair(name: fleet)
        try await ec2.deleteKeyPair(name: fleet)
        #expect(try await ec2.keyPairs(matching: [EC2Filter("key-name", [fleet])]).isEmpty)
    }

    @Test func imagesAreFoundByOwnerNameAndID() async throws {
        let pattern = "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"
        let all = try await ec2.images(owners: ["099720109477"], name: pattern)
        let newest = try #require(await ec2.newestImage(owner: "099720109477", name: pattern))
        #expect(all.contains(newest))
        #expect(
            all.allSatisfy {
                $0.name.hasPrefix("ubuntu/images/hvm-ssd/ubuntu-xenial-16.04") && $0.ownerID == "099720109477"
            })
        #expect(all.allSatisfy { ($0.createdAt?.seconds ?? 0) <= (newest.createdAt?.seconds ?? 0) })
        #expect(
            newest.rootDeviceName?.hasPrefix("/dev/") == true && newest.architecture == "x86_64"
                && newest.state == "available")
        #expect(newest.createdAt != nil && newest.region == "eu-west-1")
        #expect(try await ec2.images(ids: [newest.imageID]).map(\.imageID) == [newest.imageID])
        #expect(try await ec2.newestImage(owner: "099720109477", name: "no-such-*") == nil)
        let unknown = await #expect(throws: AWSError.self) { try await ec2.images(ids: ["ami-0123456789abcdef0"]) }
        #expect(unknown?.isNotFound == true)
        #expect(try await ec2.images(owners: ["amazon"]).count > 1)
    }

    @Test func subnetsOfTheDefaultVPCAreListed() async throws {
        let vpc = try #require(await ec2.defaultVPC())
        let subnets = try await ec2.subnets(matching: [EC2Filter("vpc-id", [vpc.vpcID])])
        #expect(subnets.count == 3)
        #expect(subnets.allSatisfy { $0.vpcID == vpc.vpcID && $0.isDefault && $0.freeAddresses > 4_000 })
        #expect(Set(subnets.map(\.availabilityZone)) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"])
        #expect(try await ec2.vpcs(matching: [EC2Filter("vpc-id", [vpc.vpcID])]) == [vpc])
    }

    @Test func regionsAreSorted() async throws {
        let regions = try await ec2.regions()
        #expect(regions.contains("eu-west-1") && regions.contains("us-east-2"))
        #expect(regions == regions.sorted())
    }

    @Test func moreFilterValuesThanAWSTakesAreRefusedBeforeSending() async throws {
        let cloud = try TestClouds.at("http://127.0.0.1:1")
        let filter = EC2Filter("group-id", (0...200).map { "sg-\($0)" })
        let error = await #expect(throws: AWSError.self) {
            try await cloud.ec2(region: "eu-west-1").securityGroups(matching: [filter])
        }
        #expect(error?.code == .badRequest)
        #expect(cloud.requests.total == 0)
    }
}
