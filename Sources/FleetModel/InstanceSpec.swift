/// All that an instance is made from, resolved: what a launch needs, and what plan compares with what was applied last.
///
/// The instances of one deployment share it; name and index are not in it. Stored in MySQL as canonical JSON, so that a
/// runner can launch without the files.
public struct InstanceSpec: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case region, user, bot
        case instanceTypes = "instance_type"
        case storageGB = "storage_gb"
        case image
        case instanceProfile = "instance_profile"
        case parameters, script, bundle
        case bootScript = "boot_script"
        case protect
    }

    /// Where instances live; another one replaces them.
    public var region: String
    /// The user's e-mail address, lower case.
    public var user: String
    /// The catalogue's name; another bot changes instances in place.
    public var bot: String
    /// In order of preference; never empty.
    public var instanceTypes: [String]
    /// GiB of the root volume.
    public var storageGB: Int
    /// An explicit `ami-…`; nil is the region's default image at launch.
    public var image: String?
    /// The deployment's own, else the user's, else the fleet's; nil where none of them names one.
    public var instanceProfile: String?
    /// What the deployment sets; secrets by their SSM names alone.
    public var parameters: [String: ParameterValue]
    /// The bot's script within its bundle.
    public var script: String
    /// SHA-256 of the bundle's .tar.gz, its name in the bucket: `bundles/<digest>.tar.gz`.
    public var bundle: String
    /// SHA-256 of the fleet's boot script; nil where there is none.
    public var bootScript: String?
    /// Recorded too, so that a deployment whose file is gone stays protected.
    public var protect: Bool

    /// A spec whose defaults are filled in already: nothing here is looked up later but the default image.
    public init(
        region: String, user: String, bot: String, instanceTypes: [String], storageGB: Int, image: String? = nil,
        instanceProfile: String? = nil, parameters: [String: ParameterValue] = [:], script: String, bundle: String,
        bootScript: String? = nil, protect: Bool = false
    ) {
        self.region = region
        self.user = user
        self.bot = bot
        self.instanceTypes = instanceTypes
        self.storageGB = storageGB
        self.image = image
        self.instanceProfile = instanceProfile
        self.parameters = parameters
        self.script = script
        self.bundle = bundle
        self.bootScript = bootScript
        self.protect = protect
    }
}

/// What a security group lets in: the fleet's ports for a user's addresses.
public struct SecurityGroupSpec: Hashable, Sendable, Codable {
    /// The region that the group is in.
    public var region: String
    /// The user's e-mail address, lower case; one group a user and region.
    public var user: String
    /// nil is the account's default VPC.
    public var vpc: String?
    /// Every port with every allowed block; empty lets nobody in.
    public var rules: Set<IngressRule>

    /// The group that a user's instances in a region need.
    public init(region: String, user: String, vpc: String?, rules: Set<IngressRule>) {
        self.region = region
        self.user = user
        self.vpc = vpc
        self.rules = rules
    }
}

extension SecurityGroupSpec {
    private enum CodingKeys: String, CodingKey {
        case region
        case user
        case vpc
        case rules
    }

    /// Writes the rules in their order: a set's own order is another on every run, and equal values must be equal
    /// texts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(region, forKey: .region)
        try container.encode(user, forKey: .user)
        try container.encodeIfPresent(vpc, forKey: .vpc)
        try container.encode(rules.sorted(), forKey: .rules)
    }
}

/// One TCP port open to one block of addresses.
public struct IngressRule: Hashable, Sendable, Codable, Comparable {
    /// 1…65535.
    public var port: Int
    /// Who may reach the port.
    public var source: CIDR

    /// One port for one block, the only shape that botfleet writes.
    public init(port: Int, source: CIDR) {
        self.port = port
        self.source = source
    }

    /// By port, then by block.
    public static func < (left: IngressRule, right: IngressRule) -> Bool {
        (left.port, left.source) < (right.port, right.source)
    }
}

/// A user's public key as imported into a region.
public struct KeyPairSpec: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case region, user
        case publicKey = "public_key"
    }

    /// The region that the key is imported into.
    public var region: String
    /// The user's e-mail address, lower case; one pair a user and region.
    public var user: String
    /// The OpenSSH public key.
    public var publicKey: String

    /// The key that a user's instances in a region are launched with.
    public init(region: String, user: String, publicKey: String) {
        self.region = region
        self.user = user
        self.publicKey = publicKey
    }
}
