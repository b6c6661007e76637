/// VPCs, subnets and regions.
extension EC2 {
    /// The account's default VPC in this region; nil where it was deleted.
    public func defaultVPC() async throws -> ObservedVPC? {
        try await vpcs(matching: [EC2Filter("isDefault", ["true"])]).first
    }

    /// The VPCs that all filters hold for.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
    public func vpcs(matching filters: [EC2Filter] = []) async throws -> [ObservedVPC] {
        try check(filters, "DescribeVpcs")
        var query = EC2Query("DescribeVpcs")
        query.add(filters)
        return try await pages(query, set: "vpcSet") { ObservedVPC($0, region: region) }.all()
    }

    /// The subnets that all filters hold for.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
    public func subnets(matching filters: [EC2Filter] = []) async throws -> [ObservedSubnet] {
        try check(filters, "DescribeSubnets")
        var query = EC2Query("DescribeSubnets")
        query.add(filters)
        return try await pages(query, set: "subnetSet") { ObservedSubnet($0, region: region) }.all()
    }

    /// The names of the regions that this account may use, sorted.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    public func regions() async throws -> [String] {
        try await pages(EC2Query("DescribeRegions"), set: "regionInfo", isPaged: false) { $0.value("regionName") }
            .all().sorted()
    }
}
