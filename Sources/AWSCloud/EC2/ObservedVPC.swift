/// A VPC as DescribeVpcs showed it.
public struct ObservedVPC: Hashable, Sendable {
    /// `vpc-…`
    public var vpcID: String
    /// AWS's name of the region.
    public var region: String
    /// Whether it is the region's default VPC.
    public var isDefault: Bool
    /// Its first block of private addresses.
    public var cidr: String

    init?(_ tree: XMLTree, region: String) {
        guard let id = tree.value("vpcId") else { return nil }
        vpcID = id
        self.region = region
        isDefault = tree.value("isDefault") == "true"
        cidr = tree.value("cidrBlock") ?? ""
    }
}
