/// An entry of fleet/regions.yaml.
public struct Region: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case name, limit
        case defaultImage = "default_image"
        case vpc, subnets
        case publicIP = "public_ip"
    }

    /// AWS's name: `eu-west-1`.
    public var name: String
    /// The most instances here, not terminated ones; nil is no limit but the account's.
    public var limit: Int?
    /// What `image: default` means here; nil where deployments must name their own.
    public var defaultImage: ImageReference?
    /// The VPC of instances; nil is the account's default VPC.
    public var vpc: String?
    /// Subnets in order of preference; empty leaves the choice to AWS.
    public var subnets: [String]
    /// Whether instances get a public address; nil leaves it to the subnet.
    public var publicIP: Bool?

    /// A region as an entry with just the given keys declares it.
    public init(
        name: String, limit: Int? = nil, defaultImage: ImageReference? = nil, vpc: String? = nil,
        subnets: [String] = [], publicIP: Bool? = nil
    ) {
        self.name = name
        self.limit = limit
        self.defaultImage = defaultImage
        self.vpc = vpc
        self.subnets = subnets
        self.publicIP = publicIP
    }
}

extension Region {
    /// AWS's code of the quota that its instances count against: vCPUs of running on-demand instances of the standard families
    /// (A, C, D, H, I, M, R, T, Z).
    public static let vcpuQuota = "L-1216C47A"
}

/// A machine image by its id, or the newest of an owner whose name matches at launch.
public enum ImageReference: Hashable, Sendable, Codable {
    /// `ami-…`.
    case id(String)
    /// The newest image of `owner` (an account id, `self` or `amazon`) whose name matches `name` (`*` and `?`).
    case newest(owner: String, name: String)

    private enum CodingKeys: String, CodingKey { case owner, name }

    /// Reads a text as an image id, and an object by its keys `owner` and `name`.
    ///
    /// - Throws: `DecodingError` for any other shape.
    public init(from decoder: any Decoder) throws {
        if let id = try? decoder.singleValueContainer().decode(String.self) {  // either form is legal
            self = .id(id)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .newest(
            owner: try container.decode(String.self, forKey: .owner),
            name: try container.decode(String.self, forKey: .name))
    }

    /// Writes the form in which files write it: a text, or `owner` and `name`.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .id(let id):
            var container = encoder.singleValueContainer()
            try container.encode(id)
        case .newest(let owner, let name):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(owner, forKey: .owner)
            try container.encode(name, forKey: .name)
        }
    }
}
