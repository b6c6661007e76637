/// An entry of fleet/users.yaml: somebody whose bots run in this fleet.
public struct User: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case email, name, timezone, region, status
        case allowedIPs = "allowed_ips"
        case sshPublicKey = "ssh_public_key"
        case instanceProfile = "instance_profile"
    }

    /// Whether a user's instances may run.
    public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        /// Holds, overrides and schedules say what runs.
        case active
        /// Their instances are stopped and not started.
        case suspended
    }

    /// Compared without case everywhere; kept as written.
    public var email: String
    /// A name for people to read; nil shows the address.
    public var name: String?
    /// An IANA zone: `Europe/Berlin`.
    public var timezone: String
    /// Where this user's deployments go by default.
    public var region: String?
    /// Wins over holds, overrides and schedules; `active` unless the file says otherwise.
    public var status: Status
    /// Who may reach their instances.
    public var allowedIPs: [CIDR]
    /// An OpenSSH public key, imported as an EC2 key pair.
    public var sshPublicKey: String?
    /// Another instance profile than the fleet's.
    public var instanceProfile: String?

    /// A user as an entry with just the given keys declares them.
    public init(
        email: String, name: String? = nil, timezone: String, region: String? = nil, status: Status = .active,
        allowedIPs: [CIDR] = [], sshPublicKey: String? = nil, instanceProfile: String? = nil
    ) {
        self.email = email
        self.name = name
        self.timezone = timezone
        self.region = region
        self.status = status
        self.allowedIPs = allowedIPs
        self.sshPublicKey = sshPublicKey
        self.instanceProfile = instanceProfile
    }

    /// The address as it is compared: lower case.
    public var key: String { User.key(email) }

    /// An e-mail address as it is compared and addressed: lower case.
    public static func key(_ email: String) -> String { email.lowercased() }
}
