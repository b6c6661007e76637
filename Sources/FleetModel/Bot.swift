/// A bots/*.yaml document that names a git repository of bots.
public struct BotSource: Hashable, Sendable, Codable {
    /// How the repository is entered; nil leaves it to ssh-agent or needs nothing.
    public enum Authentication: Hashable, Sendable, Codable {
        /// An access token from the environment, for https sources alone.
        case token(EnvironmentReference)
        /// The path of a private key for ssh; its passphrase, if any, is ssh-agent's affair.
        case sshKeyFile(String)
    }

    /// What `source:` says; bots of the catalogue name their source by it.
    public var name: String
    /// https, ssh, file, a path relative to the fleet repository, or http on loopback; never with credentials in it.
    public var url: String
    /// A branch, tag or commit.
    public var ref: String
    /// nil leaves ssh to ssh-agent, and https to repositories that anyone may read.
    public var auth: Authentication?
    /// Globs of files that are neither bots nor part of bundles.
    public var ignore: [String]

    /// A source as a document with just the given keys declares it.
    public init(
        name: String, url: String, ref: String = "main", auth: Authentication? = nil, ignore: [String] = []
    ) {
        self.name = name
        self.url = url
        self.ref = ref
        self.auth = auth
        self.ignore = ignore
    }
}

/// A bots/*.yaml document that names a script beside it, with the files' bytes.
public struct CustomBot: Hashable, Sendable {
    /// A file of the bundle.
    public struct File: Hashable, Sendable {
        /// Where it lies in the fleet repository, with `/`.
        public var path: String
        /// The whole content as read from the disk, at most 4 MiB.
        public var bytes: [UInt8]

        /// A file's content under its path in the repository.
        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// What `bot:` says; unique among all bots of the fleet.
    public var name: String
    /// The .js file with both comment blocks.
    public var script: File
    /// The package.json that `npm ci` reads on the instance; nil where the script needs no packages.
    public var package: File?
    /// The package-lock.json beside package.json, which `npm ci` needs; nil where there is none.
    public var lock: File?

    /// A bot made of the files that its document names.
    public init(name: String, script: File, package: File? = nil, lock: File? = nil) {
        self.name = name
        self.script = script
        self.package = package
        self.lock = lock
    }
}

/// A bot of the catalogue: one .js file with what its comment blocks say.
public struct Bot: Hashable, Sendable, Codable {
    /// The source of bots that lie in the fleet repository itself.
    public static let customSource = "custom"

    /// What deployments call it by; unique over all sources.
    public var name: String
    /// The source's name, or ``customSource``.
    public var source: String
    /// The script's path in the source's repository, or in the bundle of a custom bot.
    public var path: String
    /// The commit it was read at, 40 hex digits; nil for a custom bot.
    public var commit: String?
    /// What the ABOUT block says of its purpose; nil where it says nothing.
    public var description: String?
    /// The site or service that it works on, from the ABOUT block: `Linkedin`.
    public var platform: String?
    /// A Font Awesome class from the ABOUT block, for the dashboard: `fa-…`.
    public var icon: String?
    /// In the order in which the file lists them.
    public var parameters: [BotParameter]

    /// A bot as its script's two comment blocks describe it, read at a commit.
    public init(
        name: String, source: String, path: String, commit: String? = nil, description: String? = nil,
        platform: String? = nil, icon: String? = nil, parameters: [BotParameter] = []
    ) {
        self.name = name
        self.source = source
        self.path = path
        self.commit = commit
        self.description = description
        self.platform = platform
        self.icon = icon
        self.parameters = parameters
    }
}

/// A parameter that a bot takes.
public struct BotParameter: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case name, type, title, description, icon, required
        case defaultValue = "default"
        case minimum, maximum, options
    }

    /// How a value is checked and shown; words that are none of these are read as `string`, with a warning.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Any text.
        case string
        /// A decimal number, with or without a fraction.
        case number
        /// A whole decimal number.
        case integer
        /// `true` or `false`.
        case boolean
        /// A number from ``BotParameter/minimum`` to ``BotParameter/maximum``.
        case range
        /// One of ``BotParameter/options``.
        case select
        /// An absolute http or https address.
        case url
        /// A secret: deployments may give it as `{ssm: NAME}` alone.
        case password
    }

    /// What deployments set it by and the script reads it by; unique within its bot.
    public var name: String
    /// What its value is checked against, and how the agent writes it to the bot's JSON.
    public var type: Kind
    /// The label of the dashboard's form; nil shows the name.
    public var title: String?
    /// A sentence under the form's field; nil where the bot gives none.
    public var description: String?
    /// A Font Awesome class for the form's field: `fa-…`.
    public var icon: String?
    /// false only where the file says `"required": false`.
    public var required: Bool
    /// As text, whatever its type.
    public var defaultValue: String?
    /// Both ends included; for `range`.
    public var minimum: Double?
    /// The upper end, included; nil for every other type than `range`.
    public var maximum: Double?
    /// For `select`.
    public var options: [String]

    /// A parameter as an entry of the PARAMS block with just the given keys declares it.
    public init(
        name: String, type: Kind, title: String? = nil, description: String? = nil, icon: String? = nil,
        required: Bool = true, defaultValue: String? = nil, minimum: Double? = nil, maximum: Double? = nil,
        options: [String] = []
    ) {
        self.name = name
        self.type = type
        self.title = title
        self.description = description
        self.icon = icon
        self.required = required
        self.defaultValue = defaultValue
        self.minimum = minimum
        self.maximum = maximum
        self.options = options
    }
}
