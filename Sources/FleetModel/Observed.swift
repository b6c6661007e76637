/// An instance as DescribeInstances showed it.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
public struct ObservedInstance: Hashable, Sendable, Codable {
    /// EC2's id, `i-…`; never used again for another machine.
    public var instanceID: String
    /// The region that was listed: EC2's answer does not name it.
    public var region: String
    /// EC2's state in our words; one that we don't know makes the whole page an error.
    public var state: InstanceState
    /// The type that it has now, which a stop and a modification can change.
    public var instanceType: String
    /// The image that it was launched from, `ami-…`.
    public var imageID: String
    /// When EC2 last started it, not when it was made.
    public var launchedAt: Instant?
    /// nil while it is stopped, or where its subnet gives none.
    public var publicIP: String?
    /// Its address within the VPC; stays while it is stopped.
    public var privateIP: String?
    /// nil once it is terminated.
    public var vpcID: String?
    /// nil once it is terminated.
    public var subnetID: String?
    /// The zone within the region: `eu-west-1a`.
    public var availabilityZone: String?
    /// The key pair of its launch; nil where it has none.
    public var keyName: String?
    /// The token of the RunInstances call that made it; nil where that call had none.
    public var clientToken: String?
    /// The ARN of its instance profile.
    public var instanceProfileARN: String?
    /// Its groups, or its network interface's where the answer names them there alone.
    public var securityGroupIDs: [String]
    /// EBS volumes, the root volume first.
    public var volumeIDs: [String]
    /// All its tags, other people's too.
    public var tags: [String: String]
    /// AWS's reason for the last change of state: `Server.InsufficientInstanceCapacity: …`.
    public var stateReason: String?
    /// When it was last stopped or terminated, where AWS says so: `User initiated (2026-11-25 10:00:00 GMT)`.
    public var stoppedAt: Instant?

    /// An instance as one answer described it; what is left out was not in the answer.
    public init(
        instanceID: String, region: String, state: InstanceState, instanceType: String, imageID: String,
        launchedAt: Instant? = nil, publicIP: String? = nil, privateIP: String? = nil, vpcID: String? = nil,
        subnetID: String? = nil, availabilityZone: String? = nil, keyName: String? = nil, clientToken: String? = nil,
        instanceProfileARN: String? = nil, securityGroupIDs: [String] = [], volumeIDs: [String] = [],
        tags: [String: String] = [:], stateReason: String? = nil,
        stoppedAt: Instant? = nil
    ) {
        self.instanceID = instanceID
        self.region = region
        self.state = state
        self.instanceType = instanceType
        self.imageID = imageID
        self.launchedAt = launchedAt
        self.publicIP = publicIP
        self.privateIP = privateIP
        self.vpcID = vpcID
        self.subnetID = subnetID
        self.availabilityZone = availabilityZone
        self.keyName = keyName
        self.clientToken = clientToken
        self.instanceProfileARN = instanceProfileARN
        self.securityGroupIDs = securityGroupIDs
        self.volumeIDs = volumeIDs
        self.tags = tags
        self.stateReason = stateReason
        self.stoppedAt = stoppedAt
    }

    /// The tag `Name`.
    public var name: String? { tags[Tag.name] }
    /// The fleet that tags claim it for.
    public var fleet: String? { tags[Tag.fleet] }
    /// Whose it is by the tag `User Email`, in lower case; nil without one.
    public var user: String? { tags[Tag.userEmail].map(User.key) }
}

/// A security group as DescribeSecurityGroups showed it.
public struct ObservedSecurityGroup: Hashable, Sendable, Codable {
    /// EC2's id, `sg-…`.
    public var groupID: String
    /// The region that was listed.
    public var region: String
    /// Unique within its VPC; can't be changed.
    public var name: String
    /// The VPC in which instances can use it.
    public var vpcID: String?
    /// TCP rules of one port and one block, the only ones botfleet writes.
    public var rules: Set<IngressRule>
    /// Ingress rules of other shapes (ranges, protocols, groups), each as a short text; somebody else's work.
    public var foreignRules: [String]
    /// All its tags, other people's too.
    public var tags: [String: String]

    /// A group as one answer described it.
    public init(
        groupID: String, region: String, name: String, vpcID: String? = nil, rules: Set<IngressRule> = [],
        foreignRules: [String] = [], tags: [String: String] = [:]
    ) {
        self.groupID = groupID
        self.region = region
        self.name = name
        self.vpcID = vpcID
        self.rules = rules
        self.foreignRules = foreignRules
        self.tags = tags
    }
}

/// A key pair as DescribeKeyPairs showed it.
public struct ObservedKeyPair: Hashable, Sendable, Codable {
    /// EC2's id, `key-…`; nil from a server that gives none.
    public var keyPairID: String?
    /// What launches refer to it by; unique within the region.
    public var name: String
    /// The region that was listed.
    public var region: String
    /// EC2's digest of the key, its form depending on how the pair was made.
    public var fingerprint: String?
    /// All its tags, other people's too.
    public var tags: [String: String]

    /// A pair as one answer described it; EC2 does not give the key itself.
    public init(
        keyPairID: String? = nil, name: String, region: String, fingerprint: String? = nil, tags: [String: String] = [:]
    ) {
        self.keyPairID = keyPairID
        self.name = name
        self.region = region
        self.fingerprint = fingerprint
        self.tags = tags
    }
}

/// What AWS has for a fleet in one region, from complete listings.
public struct ObservedRegion: Hashable, Sendable {
    /// Everybody's, also those that no tag claims: planning finds candidates for adoption among them.
    public var instances: [ObservedInstance]
    /// Those tagged for the fleet, and recorded ones that lost their tag.
    public var securityGroups: [ObservedSecurityGroup]
    /// Those tagged for the fleet.
    public var keyPairs: [ObservedKeyPair]

    /// Listings that were read to their last page; a part of one would look like losses.
    public init(
        instances: [ObservedInstance] = [], securityGroups: [ObservedSecurityGroup] = [],
        keyPairs: [ObservedKeyPair] = []
    ) {
        self.instances = instances
        self.securityGroups = securityGroups
        self.keyPairs = keyPairs
    }
}

/// The tags that botfleet writes and reads (SPEC 10).
public enum Tag {
    /// An instance's name, as EC2's console shows it.
    public static let name = "Name"
    /// Whose instance it is, written in lower case and compared without case; the key is 80bots' own.
    public static let userEmail = "User Email"
    /// The bot at the launch; the key is 80bots' own.
    public static let bot = "Bot"
    /// Which fleet owns the resource; another fleet's is never touched.
    public static let fleet = "botfleet:fleet"
    /// The deployment that the instance belongs to.
    public static let deployment = "botfleet:deployment"
    /// Which launch of its name an instance is; recovery finds a launch by it where AWS forgot the client token.
    public static let generation = "botfleet:generation"
}
