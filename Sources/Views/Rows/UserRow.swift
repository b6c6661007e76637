import FleetModel

/// A user as `users` lists them.
public struct UserRow: Hashable, Sendable {
    /// As they were applied last.
    public var user: User
    /// Their instances that are not terminated.
    public var instances: Int
    /// Those that run.
    public var running: Int
    /// Addresses that `allow-ip` let in and that still hold.
    public var grants: [AddressGrant]

    /// A user with what the fleet has of theirs.
    public init(_ user: User, instances: Int, running: Int, grants: [AddressGrant] = []) {
        self.user = user
        self.instances = instances
        self.running = running
        self.grants = grants
    }
}

extension UserRow: Listable {
    /// What several are called.
    public static var plural: String { "users" }

    /// What people see of one.
    public static var columns: [ListColumn<UserRow>] {
        [
            ListColumn("EMAIL") { row, _ in Cell(row.user.email) },
            ListColumn("NAME", narrowest: 18) { row, _ in Cell(row.user.name) },
            ListColumn("STATUS") { row, _ in
                Cell(row.user.status.rawValue, row.user.status == .suspended ? .careful : .plain)
            },
            ListColumn("TIMEZONE") { row, _ in Cell(row.user.timezone) },
            ListColumn("REGION") { row, _ in Cell(row.user.region) },
            ListColumn("RUNNING", isNumber: true) { row, _ in Cell("\(row.running)/\(row.instances)") },
            ListColumn("ALLOWED IPS", narrowest: 18) { row, _ in Cell(row.addresses.joined(separator: " ")) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("email", user.email), Field("name", user.name), Field("timezone", user.timezone),
            Field("region", user.region), Field("status", user.status.rawValue),
            Field("allowed_ips", .array(user.allowedIPs.map { .string($0.description) })),
            Field("instances", instances), Field("running", running),
        ]
    }

    /// What is shown of one alone.
    public var allFields: [Field] {
        fields + [
            Field("ssh_public_key", user.sshPublicKey), Field("instance_profile", user.instanceProfile),
            Field(
                "grants",
                .array(
                    grants.map {
                        [
                            "source": .string($0.source.description),
                            "until": $0.until.map { .string($0.description) } ?? .null,
                        ]
                    })),
        ]
    }

    private var addresses: [String] { (user.allowedIPs + grants.map(\.source)).map(\.description) }
}
