/// What fleet/fleet.yaml says: settings of the whole fleet (SPEC 1).
public struct FleetSettings: Hashable, Sendable, Codable {
    /// The fleet's name; on every AWS resource as the tag `botfleet:fleet`.
    public var name: String
    /// Where AWS is and what is the fleet's there.
    public var aws: AWSSettings
    /// Where MySQL is; not stored in it.
    public var database: DatabaseSettings
    /// Stand for what deployments leave out.
    public var defaults: Defaults
    /// Stop what looks like a mistake.
    public var guards: Guards
    /// The script that runs on every instance before its bot; nil where there is none.
    public var boot: BootScript?
    /// USD per hour by instance type, for cost lines in plans.
    public var prices: [String: Double]
    /// Other intervals than the duties' own, by duty name.
    public var duties: [String: TimeSpan]
    /// instance:clean purges what is older.
    public var retention: Retention
    /// Where events go; empty sends them nowhere but to `/events`.
    public var broadcast: [BroadcastSink]
    /// nil leaves plan and apply to people.
    public var gitops: GitOps?

    /// Settings as a file with just the given keys declares them.
    public init(
        name: String, aws: AWSSettings, database: DatabaseSettings, defaults: Defaults = Defaults(),
        guards: Guards = Guards(), boot: BootScript? = nil, prices: [String: Double] = [:],
        duties: [String: TimeSpan] = [:], retention: Retention = Retention(), broadcast: [BroadcastSink] = [],
        gitops: GitOps? = nil
    ) {
        self.name = name
        self.aws = aws
        self.database = database
        self.defaults = defaults
        self.guards = guards
        self.boot = boot
        self.prices = prices
        self.duties = duties
        self.retention = retention
        self.broadcast = broadcast
        self.gitops = gitops
    }
}

/// `aws:` of fleet.yaml.
public struct AWSSettings: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case region, bucket, endpoint
        case instanceProfile = "instance_profile"
        case imageOwners = "image_owners"
    }

    /// The home region: of the bucket, STS and SSM.
    public var region: String
    /// The bucket of bundles, parameters and results; exists already, belongs to this fleet alone.
    public var bucket: String
    /// Another endpoint than AWS's own; the environment's `AWS_ENDPOINT_URL` wins over it.
    public var endpoint: String?
    /// The IAM instance profile that instances run with.
    public var instanceProfile: String?
    /// Whose images aws:sync-amis lists: account ids, `self`, `amazon`.
    public var imageOwners: [String]

    /// AWS settings as a file with just the given keys declares them: the fleet's own images, no profile.
    public init(
        region: String, bucket: String, endpoint: String? = nil, instanceProfile: String? = nil,
        imageOwners: [String] = ["self"]
    ) {
        self.region = region
        self.bucket = bucket
        self.endpoint = endpoint
        self.instanceProfile = instanceProfile
        self.imageOwners = imageOwners
    }
}

/// `database:` of fleet.yaml; never holds a password.
public struct DatabaseSettings: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case url
        case optionFile = "option_file"
    }

    /// `mysql://user@host:port/database?tls=…&tls_ca=…`; the environment's `BOTFLEET_DATABASE_URL` wins over it.
    public var url: String
    /// A MySQL option file whose `[client]` section has the password; nil where there is none.
    public var optionFile: String?

    /// Where the database is; the password comes from the environment or the option file.
    public init(url: String, optionFile: String? = nil) {
        self.url = url
        self.optionFile = optionFile
    }
}

/// `defaults:` of fleet.yaml, for deployments that say nothing else.
public struct Defaults: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case instanceType = "instance_type"
        case storageGB = "storage_gb"
        case ports
    }

    /// `t3.medium` unless the file says otherwise.
    public var instanceType: String
    /// GiB of the root volume, 8…16384.
    public var storageGB: Int
    /// TCP ports that a user's addresses may reach; may be empty.
    public var ports: [Int]

    /// What a fleet without `defaults:` has.
    public init(instanceType: String = "t3.medium", storageGB: Int = 32, ports: [Int] = [22, 6002, 6080]) {
        self.instanceType = instanceType
        self.storageGB = storageGB
        self.ports = ports
    }
}

/// `guards:` of fleet.yaml: what one apply or sync may do at most without being told.
public struct Guards: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case maxTerminations = "max_terminations"
        case lostAfter = "lost_after"
    }

    /// The most instances that one apply may terminate or replace.
    public var maxTerminations: Int
    /// How long an instance must be absent from complete listings before it is lost.
    public var lostAfter: TimeSpan

    /// What a fleet without `guards:` has.
    public init(maxTerminations: Int = 10, lostAfter: TimeSpan = .minutes(10)) {
        self.maxTerminations = maxTerminations
        self.lostAfter = lostAfter
    }
}

/// `boot:` of fleet.yaml: a script beside the files, with its text.
public struct BootScript: Hashable, Sendable, Codable {
    /// The script's path in the repository.
    public var script: String
    /// The script itself, UTF-8.
    public var text: String

    /// A script as it is run, and where it was read.
    public init(script: String, text: String) {
        self.script = script
        self.text = text
    }
}

/// `retention:` of fleet.yaml: how long history is kept.
public struct Retention: Hashable, Sendable, Codable {
    /// Starts and stops that are done: 400 days unless the file says otherwise, at least an hour.
    public var sessions: TimeSpan
    /// Events that were sent or set aside: 30 days unless the file says otherwise, at least an hour.
    public var events: TimeSpan
    /// Settled steps: 30 days unless the file says otherwise, at least an hour.
    public var journal: TimeSpan

    /// What a fleet without `retention:` has.
    public init(sessions: TimeSpan = .days(400), events: TimeSpan = .days(30), journal: TimeSpan = .days(30)) {
        self.sessions = sessions
        self.events = events
        self.journal = journal
    }
}

/// One entry of `broadcast:`: where events are sent.
public enum BroadcastSink: Hashable, Sendable, Codable {
    /// A server of the Pusher HTTP protocol.
    case pusher(url: String, appID: String, key: EnvironmentReference, secret: EnvironmentReference)
    /// A webhook signed with HMAC-SHA256.
    case webhook(url: String, secret: EnvironmentReference?)
}

extension BroadcastSink {
    private enum CodingKeys: String, CodingKey { case pusher, webhook }
    private enum SinkKeys: String, CodingKey {
        case url, key, secret
        case appID = "app_id"
    }

    /// Reads an object with the key `pusher` or `webhook`, as files write it.
    ///
    /// - Throws: `DecodingError` for any other shape.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.pusher) {
            let sink = try container.nestedContainer(keyedBy: SinkKeys.self, forKey: .pusher)
            self = .pusher(
                url: try sink.decode(String.self, forKey: .url), appID: try sink.decode(String.self, forKey: .appID),
                key: try sink.decode(EnvironmentReference.self, forKey: .key),
                secret: try sink.decode(EnvironmentReference.self, forKey: .secret))
        } else {
            let sink = try container.nestedContainer(keyedBy: SinkKeys.self, forKey: .webhook)
            self = .webhook(
                url: try sink.decode(String.self, forKey: .url),
                secret: try sink.decodeIfPresent(EnvironmentReference.self, forKey: .secret))
        }
    }

    /// Writes the sink as files do; keys and secrets are names of environment variables.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .pusher(let url, let appID, let key, let secret):
            var sink = container.nestedContainer(keyedBy: SinkKeys.self, forKey: .pusher)
            try sink.encode(url, forKey: .url)
            try sink.encode(appID, forKey: .appID)
            try sink.encode(key, forKey: .key)
            try sink.encode(secret, forKey: .secret)
        case .webhook(let url, let secret):
            var sink = container.nestedContainer(keyedBy: SinkKeys.self, forKey: .webhook)
            try sink.encode(url, forKey: .url)
            try sink.encodeIfPresent(secret, forKey: .secret)
        }
    }
}

/// `gitops:` of fleet.yaml: the branch that a runner follows by itself.
public struct GitOps: Hashable, Sendable, Codable {
    /// What the runner does when the branch moved.
    public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
        /// It plans and applies, within the guards.
        case auto
        /// It plans and announces what apply would do.
        case plan
    }

    /// The fleet repository: https, ssh, file, or http on loopback; never with credentials in it.
    public var url: String
    /// `main` unless the file says otherwise.
    public var branch: String
    /// How often the branch is fetched: a minute unless the file says otherwise, at least ten seconds.
    public var interval: TimeSpan
    /// Only announces unless the file says `auto`.
    public var apply: Mode

    /// A branch to follow as a file with just the given keys declares it.
    public init(url: String, branch: String = "main", interval: TimeSpan = .minutes(1), apply: Mode = .plan) {
        self.url = url
        self.branch = branch
        self.interval = interval
        self.apply = apply
    }
}
