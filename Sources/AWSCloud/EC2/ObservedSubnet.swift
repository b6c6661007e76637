/// A subnet as DescribeSubnets showed it.
public struct ObservedSubnet: Hashable, Sendable {
    /// `subnet-…`
    public var subnetID: String
    /// AWS's name of the region.
    public var region: String
    /// `vpc-…`
    public var vpcID: String
    /// `eu-west-1a`
    public var availabilityZone: String
    /// Whether it is its zone's default.
    public var isDefault: Bool
    /// Whether instances get a public address unless they say otherwise.
    public var mapsPublicIP: Bool
    /// Private addresses that are left.
    public var freeAddresses: Int

    init?(_ tree: XMLTree, region: String) {
        guard let id = tree.value("subnetId") else { return nil }
        subnetID = id
        self.region = region
        vpcID = tree.value("vpcId") ?? ""
        availabilityZone = tree.value("availabilityZone") ?? ""
        isDefault = tree.value("defaultForAz") == "true"
        mapsPublicIP = tree.value("mapPublicIpOnLaunch") == "true"
        freeAddresses = tree.value("availableIpAddressCount").flatMap { Int($0) } ?? 0
    }
}
