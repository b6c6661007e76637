import FleetModel

/// Machine images. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
extension EC2 {
    /// The images of these ids. One that is unknown fails the call as `isNotFound`.
    public func images(ids: [String]) async throws -> [ObservedImage] {
        var found: [ObservedImage] = []
        for batch in ids.batches(of: EC2.pageSize) {
            var query = EC2Query("DescribeImages")
            query.add("ImageId", list: batch)
            found += try await pages(query, set: "imagesSet", isPaged: false) { ObservedImage($0, region: region) }
                .all()
        }
        return found
    }

    /// The images of these owners (account ids, `self`, `amazon`) whose name matches `name` (`*` and `?`); nil is all
    /// of them.
    public func images(owners: [String], name: String? = nil) async throws -> [ObservedImage] {
        var query = EC2Query("DescribeImages")
        query.add("Owner", list: owners)
        if let name { query.add([EC2Filter("name", [name])]) }
        return try await pages(query, set: "imagesSet") { ObservedImage($0, region: region) }.all()
    }

    /// The newest available image of an owner whose name matches; of two of the same second, that with the greater id.
    public func newestImage(owner: String, name: String) async throws -> ObservedImage? {
        try await images(owners: [owner], name: name)
            .filter { $0.state == "available" }
            .max { ($0.createdAt?.seconds ?? 0, $0.imageID) < ($1.createdAt?.seconds ?? 0, $1.imageID) }
    }
}
