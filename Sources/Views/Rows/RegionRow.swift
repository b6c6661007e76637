import FleetModel

/// A region as `regions` lists it.
public struct RegionRow: Hashable, Sendable {
    /// As it was applied last.
    public var region: Region
    /// Instances here that are not terminated.
    public var instances: Int
    /// Those that run.
    public var running: Int
    /// The `ami-…` that `default_image` means now; nil where it was not looked up.
    public var image: String?
    /// The account's vCPU quota for on-demand instances, as last synced.
    public var vcpuQuota: Int?
    /// vCPUs that the account used of it then, by instance type; nil where they were never looked up.
    public var vcpusByType: [String: Int]?
    /// When images and quotas were last read; nil for never.
    public var syncedAt: Instant?

    /// A region with what the fleet has in it.
    public init(
        _ region: Region, instances: Int, running: Int, image: String? = nil, vcpuQuota: Int? = nil,
        vcpusByType: [String: Int]? = nil, syncedAt: Instant? = nil
    ) {
        self.region = region
        self.instances = instances
        self.running = running
        self.image = image
        self.vcpuQuota = vcpuQuota
        self.vcpusByType = vcpusByType
        self.syncedAt = syncedAt
    }
}

extension RegionRow {
    /// vCPUs that the account used when they were last looked up.
    public var vcpusUsed: Int? { vcpusByType.map { $0.values.reduce(0, +) } }
}

extension RegionRow: Listable {
    /// What several are called.
    public static var plural: String { "regions" }

    /// What people see of one.
    public static var columns: [ListColumn<RegionRow>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.region.name) },
            ListColumn("RUNNING", isNumber: true) { row, _ in Cell("\(row.running)/\(row.instances)") },
            ListColumn("USED/LIMIT", isNumber: true) { row, _ in
                Cell(row.region.limit.map { "\(row.instances)/\($0)" })
            },
            ListColumn("VCPUS", isNumber: true) { row, _ in
                Cell(row.vcpusUsed.map { "\($0)/\(row.vcpuQuota.map(String.init) ?? "?")" })
            },
            ListColumn("DEFAULT IMAGE", narrowest: 18) { row, _ in Cell(row.image ?? row.region.defaultImage?.shown)
            },
            ListColumn("VPC") { row, _ in Cell(row.region.vpc) },
            ListColumn("SYNCED") { row, context in Cell(row.syncedAt.map { Spans.relative($0, to: context.now) }) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", region.name), Field("limit", region.limit), Field("instances", instances),
            Field("running", running), Field("default_image", region.defaultImage?.listed ?? .null),
            Field("image_id", image), Field("vpc", region.vpc),
            Field("subnets", .array(region.subnets.map { .string($0) })),
            Field("public_ip", region.publicIP.map { .boolean($0) } ?? .null), Field("vcpu_quota", vcpuQuota),
            Field("vcpus_used", vcpusUsed),
            Field("vcpus_by_type", vcpusByType.map { .object($0.mapValues { .integer($0) }) } ?? .null),
            Field("synced_at", syncedAt),
        ]
    }
}

extension ImageReference {
    /// As a table shows it: an id, or `owner: name`.
    fileprivate var shown: String {
        switch self {
        case .id(let id): id
        case .newest(let owner, let name): "\(owner): \(name)"
        }
    }

    /// As files write it.
    fileprivate var listed: JSONValue {
        switch self {
        case .id(let id): .string(id)
        case .newest(let owner, let name): ["owner": .string(owner), "name": .string(name)]
        }
    }
}
