import FleetModel

/// Volumes.
extension EC2 {
    /// The volumes of these ids; unknown ones are left out.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
    public func volumes(ids: [String]) async throws -> [ObservedVolume] {
        var found: [ObservedVolume] = []
        for batch in ids.batches(of: EC2Filter.maximumValues) {
            found += try await volumes(matching: [EC2Filter("volume-id", batch)])
        }
        return found
    }

    /// The volumes that all filters hold for.
    public func volumes(matching filters: [EC2Filter]) async throws -> [ObservedVolume] {
        try check(filters, "DescribeVolumes")
        var query = EC2Query("DescribeVolumes")
        query.add(filters)
        return try await pages(query, set: "volumeSet") { ObservedVolume($0, region: region) }.all()
    }

    /// Makes a volume larger, in GiB; it can't be made smaller, and for six hours not be changed again.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
    public func modifyVolume(_ id: String, sizeGB: Int) async throws {
        var query = EC2Query("ModifyVolume")
        query.add("VolumeId", id)
        query.add("Size", String(sizeGB))
        _ = try await answer(query, .never)
    }
}
