/// A document of fleet/deployments: one or several instances of a bot for a user.
public struct Deployment: Hashable, Sendable, Codable {
    /// The stem of its instances' names; unique in the fleet, at most as long as `NAME-COUNT` still fits 63 characters.
    public var name: String
    /// The user's e-mail address, lower case.
    public var user: String
    /// A bot of the catalogue, from a source or a custom one.
    public var bot: String
    /// nil is the user's region.
    public var region: String?
    /// 0… ; instances are `name-1` … `name-count`.
    public var count: Int
    /// In order of preference; empty is the fleet's default.
    public var instanceTypes: [String]
    /// GiB of the root volume; nil is the fleet's default.
    public var storageGB: Int?
    /// An explicit `ami-…`; nil is the region's default image.
    public var image: String?
    /// What `schedule:` or `state:` says; running where the file has neither.
    public var power: Power
    /// By the bot's parameter names, only those that the file sets; the bot's defaults stand for the rest.
    public var parameters: [String: ParameterValue]
    /// `report` unless the file says otherwise: nothing is launched anew without being asked for.
    public var whenLost: WhenLost
    /// true: nothing may terminate or replace its instances.
    public var protect: Bool
    /// Outranks overrides and the schedule, but not a suspended user; nil where there is none.
    public var hold: Hold?
    /// `fix` unless the file says otherwise.
    public var drift: DriftPolicy
    /// Another instance profile than the user's or the fleet's.
    public var instanceProfile: String?

    /// A deployment as a file with just the given keys declares it; what is left out has the file's default.
    public init(
        name: String, user: String, bot: String, region: String? = nil, count: Int = 1, instanceTypes: [String] = [],
        storageGB: Int? = nil, image: String? = nil, power: Power = .state(.running),
        parameters: [String: ParameterValue] = [:], whenLost: WhenLost = .report, protect: Bool = false,
        hold: Hold? = nil, drift: DriftPolicy = .fix, instanceProfile: String? = nil
    ) {
        self.name = name
        self.user = user
        self.bot = bot
        self.region = region
        self.count = count
        self.instanceTypes = instanceTypes
        self.storageGB = storageGB
        self.image = image
        self.power = power
        self.parameters = parameters
        self.whenLost = whenLost
        self.protect = protect
        self.hold = hold
        self.drift = drift
        self.instanceProfile = instanceProfile
    }

    /// Names of the instances it wants, in order.
    public var instanceNames: [String] {
        count < 1 ? [] : (1...count).map { Name.instance(of: name, index: $0) }
    }
}

extension Deployment {
    private enum CodingKeys: String, CodingKey {
        case name, user, bot, region, count
        case instanceTypes = "instance_type"
        case storageGB = "storage_gb"
        case image, schedule, state, parameters
        case whenLost = "when_lost"
        case protect, hold, drift
        case instanceProfile = "instance_profile"
    }

    /// Reads the keys as files name them, of which `schedule` wins over `state`.
    ///
    /// - Throws: `DecodingError` for a key that is missing or of another type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let power: Power
        if let schedule = try container.decodeIfPresent(String.self, forKey: .schedule) {
            power = .schedule(schedule)
        } else {
            power = .state(try container.decode(PowerState.self, forKey: .state))
        }
        self.init(
            name: try container.decode(String.self, forKey: .name),
            user: try container.decode(String.self, forKey: .user),
            bot: try container.decode(String.self, forKey: .bot),
            region: try container.decodeIfPresent(String.self, forKey: .region),
            count: try container.decode(Int.self, forKey: .count),
            instanceTypes: try container.decode([String].self, forKey: .instanceTypes),
            storageGB: try container.decodeIfPresent(Int.self, forKey: .storageGB),
            image: try container.decodeIfPresent(String.self, forKey: .image),
            power: power,
            parameters: try container.decode([String: ParameterValue].self, forKey: .parameters),
            whenLost: try container.decode(WhenLost.self, forKey: .whenLost),
            protect: try container.decode(Bool.self, forKey: .protect),
            hold: try container.decodeIfPresent(Hold.self, forKey: .hold),
            drift: try container.decode(DriftPolicy.self, forKey: .drift),
            instanceProfile: try container.decodeIfPresent(String.self, forKey: .instanceProfile))
    }

    /// Writes the keys as files name them, and exactly one of `schedule` and `state`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(user, forKey: .user)
        try container.encode(bot, forKey: .bot)
        try container.encodeIfPresent(region, forKey: .region)
        try container.encode(count, forKey: .count)
        try container.encode(instanceTypes, forKey: .instanceTypes)
        try container.encodeIfPresent(storageGB, forKey: .storageGB)
        try container.encodeIfPresent(image, forKey: .image)
        switch power {
        case .schedule(let name): try container.encode(name, forKey: .schedule)
        case .state(let state): try container.encode(state, forKey: .state)
        }
        try container.encode(parameters, forKey: .parameters)
        try container.encode(whenLost, forKey: .whenLost)
        try container.encode(protect, forKey: .protect)
        try container.encodeIfPresent(hold, forKey: .hold)
        try container.encode(drift, forKey: .drift)
        try container.encodeIfPresent(instanceProfile, forKey: .instanceProfile)
    }
}

/// Whether a deployment's instances follow a schedule or stand in one state.
public enum Power: Hashable, Sendable, Codable {
    /// Starts and stops as the schedule of this name says.
    case schedule(String)
    /// Always this state, so that anything else in AWS is drift.
    case state(PowerState)
}

/// The two states a person can want of an instance.
public enum PowerState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Started where it is stopped, launched where there is no machine.
    case running
    /// Stopped where it runs, and not launched where it never was; its volume stays.
    case stopped
}

/// What happens when AWS lost an instance.
public enum WhenLost: String, Hashable, Sendable, Codable, CaseIterable {
    /// instance:sync launches it anew under its name, which keeps its data in S3.
    case restore
    /// It is recorded as lost and waits for `botfleet restore`.
    case report
}

/// What a plan does about changes made in AWS by hand.
public enum DriftPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// It offers to undo them.
    case fix
    /// It only shows them.
    case report
}

/// `hold:` of a deployment: one state until a local time, whatever the schedule says.
public struct Hold: Hashable, Sendable, Codable {
    /// What the instances are held in; a suspended user still wins over it.
    public var state: PowerState
    /// Local to the schedule's zone, else the user's; nil holds until the file changes.
    public var until: LocalDateTime?
    /// Shown in lists and plans as the file writes it.
    public var reason: String?

    /// A hold on a state, until the file changes unless an end is given.
    public init(state: PowerState, until: LocalDateTime? = nil, reason: String? = nil) {
        self.state = state
        self.until = until
        self.reason = reason
    }
}

/// A parameter's value as a deployment writes it; the bot's parameter list gives it its type.
public enum ParameterValue: Hashable, Sendable, Codable {
    /// The scalar as written, quoted or not.
    case text(String)
    /// The name of an SSM parameter that the instance reads with its own role: `{ssm: /bots/password}`.
    case ssm(String)

    private enum CodingKeys: String, CodingKey { case ssm }

    /// Reads a plain text, or an object with the one key `ssm`.
    ///
    /// - Throws: `DecodingError` for any other shape.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {  // either form is legal
            self = .text(text)
        } else {
            self = .ssm(try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .ssm))
        }
    }

    /// Writes a plain text, or `{"ssm": NAME}`; the secret itself is never known here.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .ssm(let name):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .ssm)
        }
    }
}
