import FleetModel

/// Instance types. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
extension EC2 {
    /// The most types that one call takes by name.
    private static let typesPerCall = 100

    /// How many virtual processors each of these types has here; types that the region does not have are left out.
    public func virtualProcessors(of types: [String]) async throws -> [String: Int] {
        var found: [String: Int] = [:]
        for batch in types.batches(of: EC2.typesPerCall) {
            var query = EC2Query("DescribeInstanceTypes")
            // A filter leaves out what is not there, where a list of names would refuse the call.
            query.add([EC2Filter("instance-type", batch)])
            let pages = pages(query, set: "instanceTypeSet") { item -> VirtualProcessors? in
                guard let name = item.value("instanceType"),
                    let count = item["vCpuInfo"]?.value("defaultVCpus").flatMap({ Int($0) })
                else { return nil }
                return VirtualProcessors(type: name, count: count)
            }
            for type in try await pages.all() { found[type.type] = type.count }
        }
        return found
    }

    private struct VirtualProcessors: Sendable {
        var type: String
        var count: Int
    }
}
