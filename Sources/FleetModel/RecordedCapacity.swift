/// What an account runs of an instance type in a region.
public struct VCPUUsage: Hashable, Sendable {
    /// `t3.medium`.
    public var type: String
    /// Instances that are pending or running.
    public var instances: Int
    /// Virtual processors of them together; 0 where AWS does not tell the type's.
    public var vcpus: Int
    /// Virtual processors of one; 0 where AWS does not tell.
    public var size: Int

    /// What runs of one type; 0 instances of one that is only wanted.
    public init(type: String, instances: Int, vcpus: Int, size: Int) {
        self.type = type
        self.instances = instances
        self.vcpus = vcpus
        self.size = size
    }
}

/// What is known of a region's processors.
public struct RecordedCapacity: Hashable, Sendable {
    /// The account's quota of on-demand vCPUs; nil where it is not known.
    public var quota: Int?
    /// What the account used of it, by type.
    public var usage: [VCPUUsage] = []
    /// When it was read last; nil for never.
    public var syncedAt: Instant?

    /// Nothing known.
    public init() {}
}
