/// What a change is about: `instance.linkedin-watch-2`, `security_group.eu-west-1/anna@example.com` (SPEC 4).
public struct Address: Hashable, Sendable {
    /// The kinds, in the order in which a plan lists them and an apply creates them.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The fleet's own settings.
        case fleet
        /// An entry of fleet/regions.yaml.
        case region
        /// An entry of fleet/users.yaml; its key is the address in lower case.
        case user
        /// A document of schedules/.
        case schedule
        /// A bot of the catalogue.
        case bot
        /// A user's group in a region; its key is `REGION/EMAIL`.
        case securityGroup = "security_group"
        /// A user's imported key in a region; its key is `REGION/EMAIL`.
        case keyPair = "key_pair"
        /// A bot's archive in the bucket; its key is the bot's name.
        case bundle
        /// A document of fleet/deployments.
        case deployment
        /// One machine; its key is `DEPLOYMENT-N`.
        case instance
    }

    /// What its key names.
    public var kind: Kind
    /// A name, an e-mail address in lower case, or `REGION/EMAIL`.
    public var key: String

    /// An address of a key that is well formed already; the factories below form it.
    public init(_ kind: Kind, _ key: String) {
        self.kind = kind
        self.key = key
    }

    /// Reads `KIND.KEY`; nil for an unknown kind or no key.
    public init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), let kind = Kind(rawValue: String(text[..<dot])) else { return nil }
        let key = text[text.index(after: dot)...]
        guard !key.isEmpty else { return nil }
        self.init(kind, String(key))
    }

    /// `fleet.NAME`, the address of the settings.
    public static func fleet(_ name: String) -> Address { Address(.fleet, name) }
    /// `region.NAME`.
    public static func region(_ name: String) -> Address { Address(.region, name) }
    /// `user.EMAIL`, in lower case whatever the case given.
    public static func user(_ email: String) -> Address { Address(.user, User.key(email)) }
    /// `schedule.NAME`.
    public static func schedule(_ name: String) -> Address { Address(.schedule, name) }
    /// `bot.NAME`.
    public static func bot(_ name: String) -> Address { Address(.bot, name) }
    /// `bundle.BOT`.
    public static func bundle(_ bot: String) -> Address { Address(.bundle, bot) }
    /// `deployment.NAME`.
    public static func deployment(_ name: String) -> Address { Address(.deployment, name) }
    /// `instance.NAME`.
    public static func instance(_ name: String) -> Address { Address(.instance, name) }
    /// `security_group.REGION/EMAIL`, the address in lower case.
    public static func securityGroup(region: String, user: String) -> Address {
        Address(.securityGroup, "\(region)/\(User.key(user))")
    }
    /// `key_pair.REGION/EMAIL`, the address in lower case.
    public static func keyPair(region: String, user: String) -> Address {
        Address(.keyPair, "\(region)/\(User.key(user))")
    }

    /// The two halves of a `REGION/EMAIL` key; nil for other kinds.
    public var regionAndUser: (region: String, user: String)? {
        guard kind == .securityGroup || kind == .keyPair, let slash = key.firstIndex(of: "/") else { return nil }
        return (String(key[..<slash]), String(key[key.index(after: slash)...]))
    }
}

extension Address: CustomStringConvertible {
    /// `KIND.KEY`.
    public var description: String { "\(kind.rawValue).\(key)" }
}

extension Address: Comparable {
    /// By kind in the order of ``Kind``, then by key with numbers in their order (`bot-2` before `bot-10`).
    public static func < (left: Address, right: Address) -> Bool {
        if left.kind != right.kind { return left.kind.order < right.kind.order }
        return NaturalOrder.precedes(left.key, right.key)
    }
}

extension Address: Codable {
    /// Reads `KIND.KEY`; throws `DecodingError` for an unknown kind or no key.
    public init(from decoder: any Decoder) throws { self = try decodeText(decoder, "an address") { Address($0) } }
    /// Writes `KIND.KEY`.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, encoder) }
}

extension Address.Kind {
    /// Its place in the list of kinds.
    public var order: Int {
        switch self {
        case .fleet: 0
        case .region: 1
        case .user: 2
        case .schedule: 3
        case .bot: 4
        case .securityGroup: 5
        case .keyPair: 6
        case .bundle: 7
        case .deployment: 8
        case .instance: 9
        }
    }
}

/// Text order in which runs of digits compare as numbers.
public enum NaturalOrder {
    /// Whether `left` comes before `right`: `bot-2` before `bot-10`.
    public static func precedes(_ left: String, _ right: String) -> Bool {
        let a = Array(left.utf8)
        let b = Array(right.utf8)
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let first = digits(a, from: i)
                let second = digits(b, from: j)
                i += first.length
                j += second.length
                if first.significant.count != second.significant.count {
                    return first.significant.count < second.significant.count
                }
                if first.significant != second.significant {
                    return first.significant.lexicographicallyPrecedes(second.significant)
                }
            } else {
                if a[i] != b[j] { return a[i] < b[j] }
                i += 1
                j += 1
            }
        }
        if (i < a.count) != (j < b.count) { return j < b.count }
        return a.lexicographicallyPrecedes(b)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// The run of digits at an index: its length, and it without leading zeros.
    private static func digits(_ bytes: [UInt8], from start: Int) -> (length: Int, significant: ArraySlice<UInt8>) {
        var end = start
        while end < bytes.count, isDigit(bytes[end]) { end += 1 }
        return (end - start, bytes[start..<end].drop { $0 == UInt8(ascii: "0") })
    }
}
