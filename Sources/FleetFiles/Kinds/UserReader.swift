import FleetModel
import LibYAML

/// Reads an entry of fleet/users.yaml.
enum UserReader {
    static let keys: [StaticString] = [
        "email", "name", "timezone", "region", "status", "allowed_ips", "ssh_public_key", "instance_profile",
    ]

    /// The user; nil where the entry has no readable e-mail address.
    static func read(_ node: YAMLNode, file: String, findings: Findings, zones: ZoneCheck) -> Located<User>? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard let top = document.mapping(node, what: "a user", keys: keys) else { return nil }
        let email = top.required("email")?.email()
        var user = User(email: email ?? "", timezone: "")
        user.name = top.field("name")?.text(limit: 255)
        // UTC stands in for what could not be read, so that the rest can be checked.
        user.timezone = zones.zone(top.required("timezone")) ?? "UTC"
        user.region = top.field("region")?.name(of: "a region")
        if let status = top.field("status")?.choice(User.Status.self) { user.status = status }
        user.allowedIPs = top.field("allowed_ips")?.items(of: "addresses").map(addresses) ?? []
        user.sshPublicKey = top.field("ssh_public_key").flatMap(publicKey)
        user.instanceProfile = top.field("instance_profile")?.instanceProfile()
        return email == nil ? nil : Located(user, at: document.location, places: document.places)
    }

    private static func addresses(_ items: [FieldReader]) -> [CIDR] {
        var blocks: [CIDR] = []
        for item in items {
            guard let text = item.text(limit: 64) else { continue }
            do {
                let block = try CIDR(parsing: text)
                if blocks.contains(block) { item.error("\(block) stands here twice") } else { blocks.append(block) }
            } catch {
                switch error {
                case .malformed:
                    item.error("\(Quotation.quoted(text)) is not an address or block like 203.0.113.7 or 2001:db8::/32")
                case .hostBitsSet(let network):
                    item.error("\(Quotation.quoted(text)) has bits set beyond its prefix (did you mean '\(network)'?)")
                }
            }
        }
        return blocks
    }

    /// An OpenSSH public key of a type that EC2 imports. Nothing is quoted: it may be a private key by mistake.
    /// Source: the EC2 API Reference, ImportKeyPair (RSA and ED25519); RFC 4253 section 6.6 for the form.
    private static func publicKey(_ field: FieldReader) -> String? {
        guard let text = field.text(limit: 16_384) else { return nil }
        guard !text.contains("PRIVATE KEY") else {
            field.error("this is a private key; put the public one here (ssh-… AAAA…) and replace the key pair")
            return nil
        }
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, ["ssh-ed25519", "ssh-rsa"].contains(parts[0]),
            !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }),
            let blob = Base64Text.decode(parts[1].utf8), blob.starts(with: [0, 0, 0, UInt8(parts[0].utf8.count)]),
            blob.dropFirst(4).starts(with: parts[0].utf8), blob.count > parts[0].utf8.count + 36
        else {
            field.error("'\(field.name)' takes an OpenSSH public key: ssh-ed25519 AAAA… or ssh-rsa AAAA…")
            return nil
        }
        return text
    }
}

/// Base64 (RFC 4648 section 4), strictly.
enum Base64Text {
    /// The bytes that a text stands for; nil for anything but whole groups of four with right padding.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var padding = 0
        for (count, byte) in text.enumerated() {
            let digit: UInt8
            switch byte {
            case 65...90: digit = byte - 65
            case 97...122: digit = byte - 71
            case 48...57: digit = byte + 4
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "="): (digit, padding) = (0, padding + 1)
            default: return nil
            }
            guard padding == 0 || byte == UInt8(ascii: "="), padding <= 2 else { return nil }
            group = group << 6 | UInt32(digit)
            guard count % 4 == 3 else { continue }
            bytes += [UInt8(group >> 16 & 0xFF), UInt8(group >> 8 & 0xFF), UInt8(group & 0xFF)]
            group = 0
        }
        return bytes.dropLast(padding)
    }
}

extension FieldReader {
    /// An e-mail address, as written.
    func email() -> String? {
        text(limit: 1024, where: TextRule.isEmail, must: "an e-mail address like anna@example.com")
    }
}
