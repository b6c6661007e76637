import LibCrypto

/// The launch of one instance: a value that can be journaled, and repeated byte for byte.
///
/// `formBody` follows from the value alone. IMDSv2 is required with one hop, the root volume is encrypted, gp3 and goes
/// with its instance. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
public struct RunInstancesRequest: Codable, Hashable, Sendable {
    /// `ami-…`
    public var imageID: String
    /// `t3.medium`
    public var instanceType: String
    /// nil leaves the choice to AWS, within the default VPC.
    public var subnetID: String?
    /// `sg-…`; empty is the VPC's default group.
    public var securityGroupIDs: [String]
    /// The name of a key pair; nil for none.
    public var keyName: String?
    /// Text that begins with `#`, or base64 of anything else; at most 16 KiB before base64.
    public var userData: String
    /// The image's `rootDeviceName`: `/dev/sda1`, `/dev/xvda`.
    public var rootDeviceName: String
    /// GiB.
    public var rootVolumeGB: Int
    /// The name of an instance profile, or its ARN.
    public var instanceProfile: String?
    /// Tags that the instance has from its first moment.
    public var instanceTags: [String: String]
    /// Tags that its root volume has from its first moment.
    public var volumeTags: [String: String]
    /// At most 64 ASCII characters; two launches with the same one are one launch.
    public var clientToken: String
    /// nil leaves it to the subnet.
    public var associatePublicIP: Bool?

    /// A launch.
    public init(
        imageID: String, instanceType: String, subnetID: String? = nil, securityGroupIDs: [String] = [],
        keyName: String? = nil, userData: String = "", rootDeviceName: String, rootVolumeGB: Int,
        instanceProfile: String? = nil, instanceTags: [String: String] = [:], volumeTags: [String: String] = [:],
        clientToken: String, associatePublicIP: Bool? = nil
    ) {
        self.imageID = imageID
        self.instanceType = instanceType
        self.subnetID = subnetID
        self.securityGroupIDs = securityGroupIDs
        self.keyName = keyName
        self.userData = userData
        self.rootDeviceName = rootDeviceName
        self.rootVolumeGB = rootVolumeGB
        self.instanceProfile = instanceProfile
        self.instanceTags = instanceTags
        self.volumeTags = volumeTags
        self.clientToken = clientToken
        self.associatePublicIP = associatePublicIP
    }

    /// The body of the call, `application/x-www-form-urlencoded`.
    public var formBody: String {
        var query = EC2Query("RunInstances")
        query.add("ImageId", imageID)
        query.add("InstanceType", instanceType)
        query.add("MinCount", "1")
        query.add("MaxCount", "1")
        query.add("ClientToken", clientToken.isEmpty ? nil : clientToken)
        query.add("KeyName", keyName)
        // Readable text begins with `#` or `#!`, and base64 never does.
        let encoded = userData.hasPrefix("#") ? Base64.encode(Array(userData.utf8)) : userData
        query.add("UserData", userData.isEmpty ? nil : encoded)
        addNetwork(to: &query)
        if let instanceProfile {
            query.add("IamInstanceProfile.\(InstanceProfileAssociation.field(for: instanceProfile))", instanceProfile)
        }
        query.add("BlockDeviceMapping.1.DeviceName", rootDeviceName)
        query.add("BlockDeviceMapping.1.Ebs.VolumeSize", String(rootVolumeGB))
        query.add("BlockDeviceMapping.1.Ebs.VolumeType", "gp3")
        query.add("BlockDeviceMapping.1.Ebs.Encrypted", "true")
        query.add("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true")
        query.add("MetadataOptions.HttpEndpoint", "enabled")
        query.add("MetadataOptions.HttpTokens", "required")
        query.add("MetadataOptions.HttpPutResponseHopLimit", "1")
        query.add(specification: 1, of: "instance", tags: instanceTags)
        query.add(specification: instanceTags.isEmpty ? 1 : 2, of: "volume", tags: volumeTags)
        return query.body
    }

    /// A public address can be asked for only on a network interface, and then subnet and groups belong there too.
    private func addNetwork(to query: inout EC2Query) {
        guard let associatePublicIP else {
            query.add("SubnetId", subnetID)
            query.add("SecurityGroupId", list: securityGroupIDs)
            return
        }
        query.add("NetworkInterface.1.DeviceIndex", "0")
        query.add("NetworkInterface.1.AssociatePublicIpAddress", associatePublicIP ? "true" : "false")
        query.add("NetworkInterface.1.DeleteOnTermination", "true")
        query.add("NetworkInterface.1.SubnetId", subnetID)
        query.add("NetworkInterface.1.SecurityGroupId", list: securityGroupIDs)
    }
}
