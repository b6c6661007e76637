import FleetModel

/// Waiting for EC2, which answers before it has done what it was asked.
extension EC2 {
    /// Waits until AWS lists all these instances: for some time after a launch it may not know one.
    /// - Throws: `AWSError` of code `waitTimedOut` at the deadline.
    public func waitUntilVisible(
        ids: [String], deadline: Duration = .seconds(300)
    ) async throws -> [ObservedInstance] {
        try await wait(for: ids, deadline: deadline, "listed") { instances in
            instances.count == Set(ids).count
        }
    }

    /// Waits until all these instances are in one of these states. One that AWS does not list yet is waited for.
    /// - Throws: `AWSError` of code `waitTimedOut` at the deadline, of code `waitInVain` once one is terminated that
    ///   should
    ///   not be; the message has AWS's reason.
    public func waitForState(
        ids: [String], states: Set<InstanceState>, deadline: Duration = .seconds(600)
    ) async throws -> [ObservedInstance] {
        let wanted = states.map(\.rawValue).sorted().joined(separator: " or ")
        return try await wait(for: ids, deadline: deadline, wanted) { instances in
            let isEnding: (ObservedInstance) -> Bool = { $0.state == .terminated || $0.state == .terminating }
            if let lost = instances.first(where: {
                isEnding($0) && !states.contains(.terminated) && !states.contains($0.state)
            }) {
                let reason = lost.stateReason.map { ": \($0)" } ?? ""
                throw call(EC2Query("DescribeInstances")).error(
                    .waitInVain, "\(lost.instanceID) should be \(wanted), but is \(lost.state.rawValue)\(reason)")
            }
            return instances.count == Set(ids).count && instances.allSatisfy { states.contains($0.state) }
        }
    }

    /// The pauses between looks: they grow, so that a slow change costs few calls and a fast one little time.
    static func pollPause(after looks: Int) -> Duration {
        let seconds = [0.25, 0.5, 1, 2, 3, 5, 8, 10]
        return .seconds(seconds[min(max(looks - 1, 0), seconds.count - 1)])
    }

    private func wait(
        for ids: [String], deadline: Duration, _ wanted: String, until isDone: ([ObservedInstance]) throws -> Bool
    ) async throws -> [ObservedInstance] {
        guard !ids.isEmpty else { return [] }
        return try await wait(for: ids, deadline: deadline, timer: transport.clock, wanted, until: isDone)
    }

    private func wait<C: Clock>(
        for ids: [String], deadline: Duration, timer: C, _ wanted: String,
        until isDone: ([ObservedInstance]) throws -> Bool
    ) async throws -> [ObservedInstance] where C.Duration == Duration {
        let end = timer.now.advanced(by: deadline)
        var looks = 0
        while true {
            let instances = try await existingInstances(ids: ids)
            if try isDone(instances) { return instances }
            looks += 1
            let pause = EC2.pollPause(after: looks)
            guard timer.now.advanced(by: pause) < end else {
                throw call(EC2Query("DescribeInstances")).error(
                    .waitTimedOut, "waited \(deadline) for \(wanted): \(EC2.standing(of: ids, instances))",
                    attempts: looks)
            }
            try await timer.sleep(for: pause)
        }
    }

    /// `i-1 is pending, i-2 is not listed`, of the first five.
    private static func standing(of ids: [String], _ instances: [ObservedInstance]) -> String {
        let known = Dictionary(
            instances.map { ($0.instanceID, $0.state.rawValue) }, uniquingKeysWith: { first, _ in first })
        let list = ids.prefix(5).map { "\($0) is \(known[$0] ?? "not listed")" }.joined(separator: ", ")
        return ids.count > 5 ? "\(list), …" : list
    }
}
