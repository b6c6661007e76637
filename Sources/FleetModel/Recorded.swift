/// A fleet's row in MySQL.
public struct RecordedFleet: Hashable, Sendable {
    /// The row's number, which keys every other row of the fleet.
    public var id: Int64
    /// Unique in the database.
    public var name: String
    /// The AWS account of the first apply, 12 digits.
    public var accountID: String?
    /// The ``StoredSettings`` that were applied last; at revision 0 none were yet.
    public var settings: RecordedDefinition
    /// The last commit that was applied, 40 hex digits.
    public var lastAppliedCommit: String?

    /// A fleet as its row reads; without an account before the first apply.
    public init(
        id: Int64, name: String, accountID: String? = nil, settings: RecordedDefinition,
        lastAppliedCommit: String? = nil
    ) {
        self.id = id
        self.name = name
        self.accountID = accountID
        self.settings = settings
        self.lastAppliedCommit = lastAppliedCommit
    }
}

/// What was applied last for an address that is a value: canonical JSON, and how often it changed.
public struct RecordedDefinition: Hashable, Sendable {
    /// ``CanonicalJSON`` of the value.
    public var json: String
    /// Grows by one at each change.
    public var revision: Int

    /// A value's canonical JSON, and which revision of the row it is.
    public init(json: String, revision: Int) {
        self.json = json
        self.revision = revision
    }
}

/// An instance's row in MySQL.
public struct RecordedInstance: Hashable, Sendable {
    /// The row's number; 0 before it is written. 80bots' front ends know instances by it.
    public var id: Int64
    /// Its identity over launches: `linkedin-watch-2`; for an unmanaged one what its tag says.
    public var name: String
    /// nil for an unmanaged one.
    public var deployment: String?
    /// false: seen in AWS with a known user's e-mail address, never touched.
    public var managed: Bool
    /// Where it is, or is to be launched.
    public var region: String
    /// The user's e-mail address, lower case.
    public var user: String
    /// What it runs; nil for an unmanaged one that no tag tells it of.
    public var bot: String?
    /// What AWS said last, or what was done last where there is no machine.
    public var state: InstanceState
    /// The canonical JSON of the ``InstanceSpec`` that it was given last; nil for an unmanaged one.
    public var spec: String?
    /// How often its name was launched; the next launch takes the next number.
    public var generation: Int
    /// EC2's id; nil where there is no machine.
    public var instanceID: String?
    /// The client token of the launch that made it.
    public var clientToken: String?
    /// The type that AWS showed last, one of the wanted ones unless somebody changed it.
    public var instanceType: String?
    /// GiB of the root volume as looked up last; nil before that.
    public var storageGB: Int?
    /// The image of the machine that is there, whatever `image: default` means now.
    public var imageID: String?
    /// The subnet that had capacity at the launch.
    public var subnetID: String?
    /// The address that AWS showed last; nil while it has none.
    public var publicIP: String?
    /// The address within the VPC that AWS showed last.
    public var privateIP: String?
    /// The key pair of its launch; a user's new key waits for the next one.
    public var keyName: String?
    /// When AWS last started it.
    public var launchedAt: Instant?
    /// Minutes since AWS last started it, as instance:calculate-up-time counted them; 0 while it is not running.
    public var upTimeMinutes: Int
    /// Minutes over all starts, those of the current one included.
    public var totalUpTimeMinutes: Int
    /// AWS's time of the start that ``upTimeMinutes`` counts from; nil while it is not running.
    public var upTimeSince: Instant?
    /// The version of the params.json that it was given; 0 before the first.
    public var paramsVersion: Int
    /// The ETag that S3 gave for that params.json; nil before the first.
    public var paramsDigest: String?
    /// When it was first absent from a complete listing; nil while it is there.
    public var absentSince: Instant?
    /// AWS's or our last error about it.
    public var lastError: String?
    /// Grows when what a plan manages changes, not with power, addresses, up time or errors; 0 before it is written.
    public var revision: Int

    /// A row to be written; number and revision are the database's to give.
    public init(
        id: Int64 = 0, name: String, deployment: String? = nil, managed: Bool = true, region: String, user: String,
        bot: String? = nil, state: InstanceState = .planned, spec: String? = nil, generation: Int = 0,
        instanceID: String? = nil, clientToken: String? = nil, instanceType: String? = nil, storageGB: Int? = nil,
        imageID: String? = nil, subnetID: String? = nil, publicIP: String? = nil, privateIP: String? = nil,
        keyName: String? = nil, launchedAt: Instant? = nil, upTimeMinutes: Int = 0, totalUpTimeMinutes: Int = 0,
        upTimeSince: Instant? = nil, paramsVersion: Int = 0, paramsDigest: String? = nil, absentSince: Instant? = nil,
        lastError: String? = nil,
        revision: Int = 0
    ) {
        self.id = id
        self.name = name
        self.deployment = deployment
        self.managed = managed
        self.region = region
        self.user = user
        self.bot = bot
        self.state = state
        self.spec = spec
        self.generation = generation
        self.instanceID = instanceID
        self.clientToken = clientToken
        self.instanceType = instanceType
        self.storageGB = storageGB
        self.imageID = imageID
        self.subnetID = subnetID
        self.publicIP = publicIP
        self.privateIP = privateIP
        self.keyName = keyName
        self.launchedAt = launchedAt
        self.upTimeMinutes = upTimeMinutes
        self.totalUpTimeMinutes = totalUpTimeMinutes
        self.upTimeSince = upTimeSince
        self.paramsVersion = paramsVersion
        self.paramsDigest = paramsDigest
        self.absentSince = absentSince
        self.lastError = lastError
        self.revision = revision
    }
}

/// A security group's row: the group that was made for a user in a region.
public struct RecordedSecurityGroup: Hashable, Sendable {
    /// EC2's id, `sg-…`.
    public var groupID: String
    /// The ``SecurityGroupSpec`` that was applied last.
    public var definition: RecordedDefinition

    /// A row as it reads.
    public init(groupID: String, definition: RecordedDefinition) {
        self.groupID = groupID
        self.definition = definition
    }
}

/// A key pair's row: the key that was imported for a user in a region.
public struct RecordedKeyPair: Hashable, Sendable {
    /// EC2's name of the pair.
    public var keyName: String
    /// The ``KeyPairSpec`` that was applied last.
    public var definition: RecordedDefinition

    /// A row as it reads.
    public init(keyName: String, definition: RecordedDefinition) {
        self.keyName = keyName
        self.definition = definition
    }
}

/// A bundle's row: what was uploaded for a bot last.
public struct RecordedBundle: Hashable, Sendable, Codable {
    private enum CodingKeys: String, CodingKey {
        case key
        case contentDigest = "content_digest"
        case digest, size
    }

    /// What it was built from, cheap to compare: tree, ignored files, script.
    public var key: String
    /// SHA-256 of the tar archive before compression: what the bundle says, whatever zlib does.
    public var contentDigest: String
    /// SHA-256 of the .tar.gz: its name in the bucket.
    public var digest: String
    /// Bytes of the .tar.gz.
    public var size: Int

    /// What an upload came to, and what it was built from.
    public init(key: String, contentDigest: String, digest: String, size: Int) {
        self.key = key
        self.contentDigest = contentDigest
        self.digest = digest
        self.size = size
    }
}

/// An address that `allow-ip` let in for a while.
public struct AddressGrant: Hashable, Sendable, Codable {
    /// The user's e-mail address; stored in lower case.
    public var user: String
    /// Reaches the user's ports beside `allowed_ips`, so it is never drift.
    public var source: CIDR
    /// nil is never.
    public var until: Instant?

    /// A grant to a user, for good where it has no end.
    public init(user: String, source: CIDR, until: Instant?) {
        self.user = user
        self.source = source
        self.until = until
    }
}

/// A person's `start` or `stop`: one state until an instant, whatever the schedule says.
public struct PowerOverride: Hashable, Sendable, Codable {
    /// One instance's name; a deployment's override is one for each of its instances.
    public var instance: String
    /// Wins over schedule and state, not over a hold or a suspended user.
    public var state: PowerState
    /// nil lasts until it is cleared.
    public var until: Instant?
    /// Who asked for it; nil where that is not known.
    public var author: String?

    /// An override of one instance's power.
    public init(instance: String, state: PowerState, until: Instant?, author: String? = nil) {
        self.instance = instance
        self.state = state
        self.until = until
        self.author = author
    }
}

/// All that MySQL holds of a fleet that plan and apply compare: the recorded state.
public struct RecordedState: Hashable, Sendable {
    /// nil before the first apply of a fleet of this name; then all else is empty.
    public var fleet: RecordedFleet?
    /// Regions, users, schedules, bots and deployments.
    public var definitions: [Address: RecordedDefinition]
    /// By name.
    public var instances: [String: RecordedInstance]
    /// By `security_group.REGION/EMAIL`.
    public var securityGroups: [Address: RecordedSecurityGroup]
    /// By `key_pair.REGION/EMAIL`.
    public var keyPairs: [Address: RecordedKeyPair]
    /// By bot.
    public var bundles: [String: RecordedBundle]
    /// Ended ones too; whoever uses them compares ``AddressGrant/until``.
    public var grants: [AddressGrant]
    /// By instance name.
    public var overrides: [String: PowerOverride]
    /// The newest start or stop of each instance that was begun and is not done, by instance name.
    public var pendingSessions: [String: Session]
    /// Steps that were begun and not settled, oldest first.
    public var openSteps: [Step]
    /// What is known of the processors of its regions, by region.
    public var capacities: [String: RecordedCapacity] = [:]

    /// A snapshot of the rows of one fleet, read in one transaction; empty without arguments.
    public init(
        fleet: RecordedFleet? = nil, definitions: [Address: RecordedDefinition] = [:],
        instances: [String: RecordedInstance] = [:], securityGroups: [Address: RecordedSecurityGroup] = [:],
        keyPairs: [Address: RecordedKeyPair] = [:], bundles: [String: RecordedBundle] = [:],
        grants: [AddressGrant] = [], overrides: [String: PowerOverride] = [:],
        pendingSessions: [String: Session] = [:], openSteps: [Step] = []
    ) {
        self.fleet = fleet
        self.definitions = definitions
        self.instances = instances
        self.securityGroups = securityGroups
        self.keyPairs = keyPairs
        self.bundles = bundles
        self.grants = grants
        self.overrides = overrides
        self.pendingSessions = pendingSessions
        self.openSteps = openSteps
    }
}
