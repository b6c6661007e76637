import AWSCloud
import FleetModel
import FleetTestSupport
import Testing

/// Every call on instances, against an EC2 that others wrote.
@Suite struct EC2InstanceTests {
    let sandbox: Sandbox
    let ec2: EC2
    let fleet: String

    init() async throws {
        sandbox = try await Sandbox.shared()
        ec2 = try TestClouds.at(sandbox.awsEndpoint).ec2(region: "eu-west-1")
        fleet = sandbox.freshName()
    }

    private var ofFleet: [EC2Filter] { [.tag("botfleet:fleet", fleet)] }

    private func request(_ name: String, image: ObservedImage, subnet: String? = nil) -> RunInstancesRequest {
        RunInstancesRequest(
            imageID: image.imageID, instanceType: "t3.medium", subnetID: subnet,
            userData: "#!/bin/sh\necho \"ä & + = \(name)\"\n", rootDeviceName: image.rootDeviceName ?? "/dev/sda1",
            rootVolumeGB: 41,
            instanceTags: [
                "Name": name, "botfleet:fleet": fleet, "User Email": "anna+x@example.com", "Bot": "größer & <besser>",
            ],
            volumeTags: ["Name": name, "botfleet:fleet": fleet], clientToken: "\(fleet)-\(name)")
    }

    private func image() async throws -> ObservedImage {
        try #require(
            await ec2.newestImage(
                owner: "099720109477", name: "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"))
    }

    @Test func launchedInstanceIsWhatWasAskedForByTheWordOfAnother() async throws {
        let image = try await image()
        let subnet = try #require(await ec2.subnets(matching: [EC2Filter("default-for-az", ["true"])]).first)
        let launched = try await ec2.runInstances(request("one", image: image, subnet: subnet.subnetID))
        #expect(launched.tags["Bot"] == "größer & <besser>")
        #expect(launched.clientToken == "\(fleet)-one")
        #expect(launched.imageID == image.imageID && launched.instanceType == "t3.medium")
        #expect(launched.subnetID == subnet.subnetID && launched.vpcID == subnet.vpcID)

        let seen = try await ec2.waitForState(ids: [launched.instanceID], states: [.running], deadline: .seconds(20))
        #expect(seen.map(\.instanceID) == [launched.instanceID])
        #expect(seen.first?.name == "one" && seen.first?.fleet == fleet)
        #expect(seen.first?.volumeIDs.count == 1)
        #expect(seen.first?.launchedAt != nil && seen.first?.availabilityZone == subnet.availabilityZone)

        let witness = try await sandbox.aws(["ec2", "describe-instances", "--instance-ids", launched.instanceID])
        let instance = try #require(witness.at("Reservations", 0, "Instances", 0))
        #expect(instance.at("MetadataOptions", "HttpTokens") == "required")
        #expect(instance["InstanceType"] == "t3.medium")
        #expect(instance["Tags"] != nil)
        let data = try await sandbox.aws(
            ["ec2", "describe-instance-attribute", "--attribute", "userData", "--instance-id", launched.instanceID])
        #expect(data.at("UserData", "Value") == .string(Self.base64("#!/bin/sh\necho \"ä & + = one\"\n")))
        let volumes = try await ec2.volumes(ids: seen[0].volumeIDs + ["vol-0123456789abcdef0"])
        #expect(volumes.map(\.sizeGB) == [41])
        #expect(volumes.first?.isEncrypted == true)
        #expect(volumes.first?.tags["botfleet:fleet"] == fleet)
        #expect(volumes.first?.attachments.map(\.instanceID) == [launched.instanceID])
        #expect(try await ec2.volumes(matching: ofFleet) == volumes)
    }

    @Test func powerGoesDownAndUpAndEnds() async throws {
        let image = try await image()
        let ids = [
            try await ec2.runInstances(request("one", image: image)).instanceID,
            try await ec2.runInstances(request("two", image: image)).instanceID,
        ]
        let stopped = try await ec2.stopInstances(ids: ids)
        #expect(Set(stopped.map(\.instanceID)) == Set(ids))
        #expect(stopped.allSatisfy { $0.previous == .running })
        let down = try await ec2.waitForState(ids: ids, states: [.stopped], deadline: .seconds(20))
        #expect(down.allSatisfy { $0.stateReason?.isEmpty == false })
        try await ec2.setInstanceType("t3.large", of: ids[0])
        let started = try await ec2.startInstances(ids: ids)
        #expect(started.allSatisfy { $0.previous == .stopped })
        let up = try await ec2.waitForState(ids: ids, states: [.running], deadline: .seconds(20))
        #expect(up.first { $0.instanceID == ids[0] }?.instanceType == "t3.large")
        try await ec2.rebootInstances(ids: ids)
        #expect(try await ec2.terminateInstances(ids: ids).count == 2)
        #expect(try await ec2.waitForState(ids: ids, states: [.terminated], deadline: .seconds(20)).count == 2)
        #expect(try await ec2.terminateInstances(ids: ids).allSatisfy { $0.previous == .terminated })
        await #expect(throws: AWSError.self) {
            try await ec2.waitForState(ids: ids, states: [.running], deadline: .seconds(20))
        }
    }

    @Test func launchWithAPublicAddressAndAProfileHasBoth() async throws {
        let name = sandbox.freshName("profile")
        try await sandbox.aws(["iam", "create-instance-profile", "--instance-profile-name", name])
        try await sandbox.aws(["iam", "create-instance-profile", "--instance-profile-name", "\(name)-2"])
        let image = try await image()
        let vpc = try #require(await ec2.defaultVPC())
        let group = try await ec2.createSecurityGroup(name: fleet, description: "d", vpc: vpc.vpcID, tags: [:])
        let subnet = try #require(await ec2.subnets(matching: [EC2Filter("vpc-id", [vpc.vpcID])]).first)
        var request = request("one", image: image, subnet: subnet.subnetID)
        request.associatePublicIP = true
        request.securityGroupIDs = [group]
        request.instanceProfile = name
        let launched = try await ec2.runInstances(request)
        let seen = try #require(await ec2.instances(ids: [launched.instanceID]).first)
        #expect(seen.publicIP != nil)
        #expect(seen.securityGroupIDs == [group])
        #expect(seen.instanceProfileARN?.hasSuffix("/\(name)") == true)

        let association = try #require(await ec2.instanceProfileAssociation(of: launched.instanceID))
        #expect(association.profileARN.hasSuffix("/\(name)"))
        let replaced = try await ec2.replaceInstanceProfile("\(name)-2", association: association.associationID)
        #expect(replaced.profileARN.hasSuffix("/\(name)-2"))
        let bare = try await ec2.runInstances(self.request("two", image: image))
        #expect(try await ec2.instanceProfileAssociation(of: bare.instanceID) == nil)
        let given = try await ec2.associateInstanceProfile(association.profileARN, with: bare.instanceID)
        #expect(given.instanceID == bare.instanceID)
        let other = try await ec2.createSecurityGroup(name: "\(fleet)-2", description: "d", vpc: vpc.vpcID, tags: [:])
        try await ec2.setSecurityGroups([other], of: launched.instanceID)
        #expect(try await ec2.instances(ids: [launched.instanceID]).first?.securityGroupIDs == [other])
    }

    @Test func tagsAreWrittenChangedAndRemoved() async throws {
        let id = try await ec2.runInstances(request("one", image: try await image())).instanceID
        try await ec2.createTags(["Name": "renamed", "odd & key": "a+b=c/ä 🤖"], on: [id])
        var tags = try #require(await ec2.instances(ids: [id]).first?.tags)
        #expect(tags["Name"] == "renamed" && tags["odd & key"] == "a+b=c/ä 🤖" && tags["botfleet:fleet"] == fleet)
        try await ec2.deleteTags(["odd & key", "absent"], on: [id])
        tags = try #require(await ec2.instances(ids: [id]).first?.tags)
        #expect(tags["odd & key"] == nil && tags["Name"] == "renamed")
    }

    @Test func filtersFindThisFleetAloneAndUnknownIDsAreToldOrLeftOut() async throws {
        let image = try await image()
        var ids: [String] = []
        for index in 0..<3 { ids.append(try await ec2.runInstances(request("n\(index)", image: image)).instanceID) }
        #expect(Set(try await ec2.instances(matching: ofFleet).map(\.instanceID)) == Set(ids))
        #expect(try await ec2.instances(matching: ofFleet + [.state("stopped")]).isEmpty)
        #expect(
            Set(try await ec2.instances(matching: ofFleet + [.state("running", "pending")]).map(\.instanceID))
                == Set(ids))
        let unknown = "i-0123456789abcdef0"
        #expect(Set(try await ec2.existingInstances(ids: ids + [unknown]).map(\.instanceID)) == Set(ids))
        let error = await #expect(throws: AWSError.self) { try await ec2.instances(ids: ids + [unknown]) }
        #expect(error?.code == .instanceNotFound && error?.isNotFound == true)
        #expect(error?.message.contains(unknown) == true && error?.requestID != nil && error?.status == 400)
        await #expect(throws: AWSError.self) { try await ec2.startInstances(ids: [unknown]) }
    }

    @Test func volumeGrows() async throws {
        let launched = try await ec2.runInstances(request("one", image: try await image()))
        let volume = try #require(await ec2.instances(ids: [launched.instanceID]).first?.volumeIDs.first)
        try await ec2.modifyVolume(volume, sizeGB: 60)
        #expect(try await ec2.volumes(ids: [volume]).map(\.sizeGB) == [60])
    }

    @Test func emptyListsAskNothing() async throws {
        let cloud = try TestClouds.at("http://127.0.0.1:1")
        let ec2 = cloud.ec2(region: "eu-west-1")
        #expect(try await ec2.startInstances(ids: []).isEmpty)
        #expect(try await ec2.instances(ids: []).isEmpty)
        #expect(try await ec2.existingInstances(ids: []).isEmpty)
        #expect(try await ec2.waitUntilVisible(ids: []).isEmpty)
        try await ec2.createTags([:], on: ["i-1"])
        try await ec2.rebootInstances(ids: [])
        #expect(cloud.requests.total == 0)
    }

    private static func base64(_ text: String) -> String { Array(text.utf8).base64 }
}
