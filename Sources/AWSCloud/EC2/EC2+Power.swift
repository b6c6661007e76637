import FleetModel

/// Launching, starting, stopping and ending instances.
extension EC2 {
    /// Launches one instance, and gives it as it is just after: pending, perhaps not listed yet.
    ///
    /// With a client token it is repeated as needed; without one it is sent once.
    public func runInstances(_ request: RunInstancesRequest) async throws -> ObservedInstance {
        let call = call("RunInstances", body: request.formBody, request.clientToken.isEmpty ? .never : .always)
        let page = try await instancePage(call)
        guard let instance = page.instances.first else { throw unreadable(call, "it has no instance") }
        return instance
    }

    /// Starts stopped instances. AWS takes all of them or refuses all; one that runs already is no error.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html
    public func startInstances(ids: [String]) async throws -> [InstanceStateChange] {
        try await changeState("StartInstances", ids)
    }

    /// Stops running instances. AWS takes all of them or refuses all; one that is stopped already is no error.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
    public func stopInstances(ids: [String]) async throws -> [InstanceStateChange] {
        try await changeState("StopInstances", ids)
    }

    /// Terminates instances, for good. One that is terminated already is no error; an unknown one fails all.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
    public func terminateInstances(ids: [String]) async throws -> [InstanceStateChange] {
        try await changeState("TerminateInstances", ids)
    }

    /// Asks running instances to reboot. It is not repeated where it may have worked: that would reboot them again.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html
    public func rebootInstances(ids: [String]) async throws {
        guard !ids.isEmpty else { return }
        var query = EC2Query("RebootInstances")
        query.add("InstanceId", list: ids)
        _ = try await answer(query, .never)
    }

    private func changeState(_ action: String, _ ids: [String]) async throws -> [InstanceStateChange] {
        guard !ids.isEmpty else { return [] }
        var query = EC2Query(action)
        query.add("InstanceId", list: ids)
        return try await answer(query).items("instancesSet").compactMap { item in
            guard let id = item.value("instanceId"),
                let previous = item["previousState"]?.value("name").flatMap({ InstanceState(ec2: $0) }),
                let current = item["currentState"]?.value("name").flatMap({ InstanceState(ec2: $0) })
            else { return nil }
            return InstanceStateChange(instanceID: id, previous: previous, current: current)
        }
    }
}
