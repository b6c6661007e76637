import FleetModel
import LibCrypto

/// The names that botfleet gives to what it makes in AWS.
public enum ResourceNames {
    /// The name of a user's security group and of their key pair: `botfleet-acme-anna@example.com`.
    ///
    /// EC2 allows 255 characters of `a-z A-Z 0-9 ._-:/()#,@[]+=&;{}!$*` and space; anything else in an address becomes
    /// `_`, and a few digits of a hash keep two such addresses apart.
    public static func group(fleet: String, user: String) -> String {
        let email = User.key(user)
        let plain = String(email.unicodeScalars.map { isPlain($0) ? Character($0) : "_" })
        let suffix = plain == email && plain.utf8.count <= 150 ? "" : "-\(SHA256.hex(email).prefix(8))"
        return "botfleet-\(fleet)-\(plain.prefix(150))\(suffix)"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", ".", "_", "-", "@", "+": true
        default: false
        }
    }

    /// The tags of a group or key pair of a user.
    public static func sharedTags(fleet: String, user: String) -> [String: String] {
        [Tag.name: group(fleet: fleet, user: user), Tag.userEmail: User.key(user), Tag.fleet: fleet]
    }

    /// The tags of an instance, less the generation that each launch adds.
    public static func instanceTags(
        fleet: String, name: String, deployment: String, spec: InstanceSpec
    ) -> [String: String] {
        [
            Tag.name: name, Tag.userEmail: spec.user, Tag.bot: spec.bot, Tag.fleet: fleet, Tag.deployment: deployment,
        ]
    }

    /// The tags of an instance that plan holds it to. `Bot` is not among them: a change of bot makes no call to EC2
    /// (SPEC 4).
    public static func managedTags(fleet: String, name: String, deployment: String, user: String) -> [String: String] {
        [Tag.name: name, Tag.userEmail: user, Tag.fleet: fleet, Tag.deployment: deployment]
    }
}
