import FleetModel
import LibCurl

/// Listing instances. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
extension EC2 {
    /// The instances that all filters hold for, terminated ones of the last hour included, page by page.
    public func instancePages(matching filters: [EC2Filter] = []) -> Pages<ObservedInstance> {
        Pages(endless: { unreadable(call(EC2Query("DescribeInstances")), "its pages have no end") }) { token in
            try check(filters, "DescribeInstances")
            var query = EC2Query("DescribeInstances")
            query.add(filters)
            query.add("MaxResults", String(EC2.pageSize))
            query.add("NextToken", token)
            let page = try await instancePage(query)
            return Pages.Page(elements: page.instances, next: page.nextToken)
        }
    }

    /// All instances that all filters hold for.
    public func instances(matching filters: [EC2Filter] = []) async throws -> [ObservedInstance] {
        try await instancePages(matching: filters).all()
    }

    /// The instances of these ids, in AWS's order. One that is unknown fails the call as `isNotFound`.
    public func instances(ids: [String]) async throws -> [ObservedInstance] {
        var found: [ObservedInstance] = []
        for batch in ids.batches(of: EC2.pageSize) {
            var query = EC2Query("DescribeInstances")
            // MaxResults may not stand beside ids; 1,000 ids is as many as AWS takes.
            query.add("InstanceId", list: batch)
            found += try await instancePage(query).instances
        }
        return found
    }

    /// Those of these ids that AWS has, in its order; unknown ones are left out.
    public func existingInstances(ids: [String]) async throws -> [ObservedInstance] {
        var found: [ObservedInstance] = []
        for batch in ids.batches(of: EC2Filter.maximumValues) {
            found += try await instances(matching: [EC2Filter("instance-id", batch)])
        }
        return found
    }

    func instancePage(
        _ query: EC2Query, _ repeatability: AWSCall.Repeatability = .always
    ) async throws -> InstancePage {
        try await instancePage(call(query, repeatability))
    }

    /// Makes a call whose answer holds instances and reads them; an unknown state or a missing id is an error.
    func instancePage(_ call: AWSCall) async throws -> InstancePage {
        let response = try await transport.send(call)
        var page = InstancePage(region: region, root: "\(call.operation)Response")
        do throws(MalformedXML) {
            try page.read(response.body)
        } catch {
            throw unreadable(call, "line \(error.line): \(error.reason)", response: response)
        }
        if let fault = page.fault { throw unreadable(call, fault, response: response) }
        return page
    }
}
