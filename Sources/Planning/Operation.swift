import FleetModel

/// What apply carries out for a change: the change's values with their types.
public enum Operation: Hashable, Sendable {
    /// The fleet's settings and sources are recorded.
    case putSettings(StoredSettings)
    /// A region is recorded.
    case putRegion(Region)
    /// With the deployments whose cursor moves to now because of it.
    case putUser(User, affected: [PlannedDeployment])
    /// With the deployments whose cursor moves to now because of it.
    case putSchedule(Schedule, affected: [PlannedDeployment])
    /// A bot of the catalogue is recorded.
    case putBot(Bot)
    /// A bot's bundle is uploaded, where the bucket does not have it, and recorded.
    case putBundle(bot: String, RecordedBundle)
    /// A deployment is recorded, and its cursor moves to now.
    case putDeployment(PlannedDeployment)
    /// A user's group in a region is made, or mended.
    case putSecurityGroup(SecurityGroupOperation)
    /// A user's key is imported into a region.
    case putKeyPair(KeyPairOperation)
    /// An instance is launched, changed or terminated, under its operation lock.
    case instance(InstanceOperation)
    /// The row goes, and what it stands for in AWS where it stands for something.
    case delete
    /// A security group with this id goes.
    case deleteSecurityGroup(region: String, groupID: String)
    /// A key pair of this name goes.
    case deleteKeyPair(region: String, keyName: String)
    /// A bundle goes; its object too, unless another bot's bundle is the same.
    case deleteBundle(RecordedBundle, objectIsShared: Bool)
}

/// A deployment as it is recorded, with the cursor of its schedule.
public struct PlannedDeployment: Hashable, Sendable {
    /// As the files declare it.
    public var deployment: Deployment
    /// Its own, else its user's.
    public var region: String
    /// The first transition after now; nil for none.
    public var nextTransition: Instant?
    /// Whether its cursor moves to the plan's time; else transitions that became due meanwhile are still to be recorded.
    public var movesCursor: Bool

    /// A deployment with what is recorded beside its definition.
    public init(deployment: Deployment, region: String, nextTransition: Instant?, movesCursor: Bool = true) {
        self.deployment = deployment
        self.region = region
        self.nextTransition = nextTransition
        self.movesCursor = movesCursor
    }
}

/// Making or mending a user's security group in a region.
public struct SecurityGroupOperation: Hashable, Sendable {
    /// What is recorded once it is done.
    public var spec: SecurityGroupSpec
    /// The group that is there; nil to make one.
    public var groupID: String?
    /// Rules that the group lacks; of a new group, all.
    public var add: [IngressRule]
    /// Rules of our shape that the group has too many; foreign ones stay.
    public var remove: [IngressRule]
    /// Tags that were changed by hand and are set again.
    public var tags: [String: String]

    /// What makes the group that is there, or a new one, into what the spec says.
    public init(
        spec: SecurityGroupSpec, groupID: String?, add: [IngressRule], remove: [IngressRule],
        tags: [String: String] = [:]
    ) {
        self.spec = spec
        self.groupID = groupID
        self.add = add
        self.remove = remove
        self.tags = tags
    }
}

/// Importing a user's public key into a region.
public struct KeyPairOperation: Hashable, Sendable {
    /// What is recorded once it is done.
    public var spec: KeyPairSpec
    /// The name that EC2 is to know it by, and launches refer to.
    public var keyName: String
    /// A pair of that name is there, with another key, and goes first.
    public var replaces: Bool

    /// An import under a name, after that of another key is deleted where there is one.
    public init(spec: KeyPairSpec, keyName: String, replaces: Bool) {
        self.spec = spec
        self.keyName = keyName
        self.replaces = replaces
    }
}

/// What happens to an instance.
public struct InstanceOperation: Hashable, Sendable {
    /// What is done to the machine.
    public enum Kind: Hashable, Sendable {
        /// Only the row, to be launched by its first start.
        case record
        /// A first machine, or one for a name whose machine is gone.
        case launch
        /// The machine stays.
        case update(InstanceUpdate)
        /// Terminate `instanceID` (nil: nothing is there), then launch where it is wanted running.
        case replace(instanceID: String?, region: String, launch: Bool)
        /// Terminate and forget it. `instanceID` nil: only the row goes.
        case terminate(instanceID: String?, region: String)
        /// Take over an instance that is there.
        case adopt(instanceID: String, InstanceUpdate)
    }

    /// Its identity, and its lock's name.
    public var name: String
    /// What its row and its tag say; nil for one that goes and had none.
    public var deployment: String?
    /// What is done; ``power`` is what it is brought to then.
    public var kind: Kind
    /// What it is made from; nil when it goes.
    public var spec: InstanceSpec?
    /// What power it is brought to; nil leaves it.
    public var power: PowerState?
    /// Who asked for the power, for the session.
    public var source: Session.Source
    /// The launch that the plan was made for, from its row; what another did since is not undone. nil where there was no row.
    public var plannedGeneration: Int?

    /// What apply does to one instance; its session is the apply's own unless a source is given.
    public init(
        name: String, deployment: String?, kind: Kind, spec: InstanceSpec?, power: PowerState?,
        source: Session.Source = .apply
    ) {
        self.name = name
        self.deployment = deployment
        self.kind = kind
        self.spec = spec
        self.power = power
        self.source = source
    }
}

/// What changes on an instance in place.
public struct InstanceUpdate: Hashable, Sendable {
    /// The machine that was compared; nil only until it is known.
    public var instanceID: String?
    /// params.json is written anew: parameters, bot, bundle, boot script or the user changed.
    public var writesParameters: Bool
    /// Tags to set.
    public var tags: [String: String]
    /// Its group becomes that of the spec's user.
    public var setsSecurityGroup: Bool
    /// Stop, modify, start.
    public var instanceType: String?
    /// The root volume grows to this many GiB.
    public var storageGB: Int?
    /// The name, path or ARN of the profile that is associated instead; nil leaves it.
    public var instanceProfile: String?

    /// An update that does nothing but what is given.
    public init(
        instanceID: String?, writesParameters: Bool = false, tags: [String: String] = [:],
        setsSecurityGroup: Bool = false,
        instanceType: String? = nil, storageGB: Int? = nil, instanceProfile: String? = nil
    ) {
        self.instanceID = instanceID
        self.writesParameters = writesParameters
        self.tags = tags
        self.setsSecurityGroup = setsSecurityGroup
        self.instanceType = instanceType
        self.storageGB = storageGB
        self.instanceProfile = instanceProfile
    }

    /// Whether EC2 is called.
    public var touchesEC2: Bool {
        !tags.isEmpty || setsSecurityGroup || instanceType != nil || storageGB != nil || instanceProfile != nil
    }
}
