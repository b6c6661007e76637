import AWSCloud
import FleetModel
import FleetStore

/// Lets an address reach a user's instances for a while, and shuts it out again (SPEC 3, `allow-ip`).
///
/// The grant is a row, so that neither a plan nor an apply takes the rule for drift; the rules follow from it in every group of the user.
public struct AddressAccess: Sendable {
    /// What AWS lets a group have unless the account was given more.
    public static let mostRules = 60

    /// How long another's change of the same user's rules is waited for; each takes some calls.
    private static let patience: Duration = .seconds(15)

    private let context: PowerContext

    /// Access to a fleet's instances, under the leases of a context.
    public init(_ context: PowerContext) { self.context = context }

    /// Two at once for one user would each write the group's rules without the other's.
    private static func lease(_ user: String) -> String { "access/\(user)" }

    /// Records the grant, and opens the user's ports for it in all their groups; gives how many groups there are.
    ///
    /// Throws where a group would have more rules than AWS takes, before anything is changed.
    public func allow(_ grant: AddressGrant) async throws -> Int {
        let user = User.key(grant.user)
        return try await underLease(user) {
            let groups = try await context.store.groups(fleetID: context.fleetID, user: user)
            let rules = context.settings.defaults.ports.map { IngressRule(port: $0, source: grant.source) }
            for group in groups {
                let count = group.spec.rules.union(rules).count
                guard count <= AddressAccess.mostRules else {
                    throw ReconcileFailure.notReady(
                        "the security group of \(user) in \(group.spec.region) would have \(count) rules, and AWS takes "
                            + "\(AddressAccess.mostRules)",
                        hint: "take addresses out of allowed_ips, or ports out of defaults.ports")
                }
            }
            try await write([.putGrant(AddressGrant(user: user, source: grant.source, until: grant.until))], user)
            for group in groups {
                var spec = group.spec
                spec.rules.formUnion(rules)
                try await change(group, to: spec, action: "AuthorizeSecurityGroupIngress") { ec2 in
                    // All of them, and not those that the row lacks: one may have been taken away by hand.
                    try await open(rules, in: group.groupID, ec2)
                }
            }
            return groups.count
        }
    }

    /// Shuts out whom a user's ended grants let in; gives the addresses. Those of `allowed_ips` stay.
    public func closeEnded(user: String, now: Instant) async throws -> [CIDR] {
        let user = User.key(user)
        return try await underLease(user) {
            let grants = try await context.store.grants(fleetID: context.fleetID, user: user)
            let ended = grants.filter { $0.until.map { $0 <= now } ?? false }
            guard !ended.isEmpty else { return [] }
            let allowed = Set(try await context.store.user(fleetID: context.fleetID, email: user)?.allowedIPs ?? [])
            let closing = Set(ended.map(\.source)).subtracting(allowed)
            for group in try await context.store.groups(fleetID: context.fleetID, user: user) {
                var spec = group.spec
                spec.rules = spec.rules.filter { !closing.contains($0.source) }
                let removed = group.spec.rules.subtracting(spec.rules).sorted()
                guard !removed.isEmpty else { continue }
                try await change(group, to: spec, action: "RevokeSecurityGroupIngress") { ec2 in
                    do {
                        try await ec2.revokeIngress(group: group.groupID, rules: removed)
                    } catch let error as AWSError where error.isNotFound {
                        // Closed is what was wanted, and a group that is gone lets nobody in.
                    }
                }
            }
            // Last, so that a process that dies before it leaves them to the next.
            try await context.store.deleteGrants(ended, endedAt: now, fleetID: context.fleetID)
            return ended.map(\.source).sorted()
        }
    }

    /// AWS refuses a call whole where one of its rules is there; then each is asked for by itself.
    private func open(_ rules: [IngressRule], in group: String, _ ec2: EC2) async throws {
        do {
            try await ec2.authorizeIngress(group: group, rules: rules)
        } catch let error as AWSError where error.isDuplicate {
            for rule in rules where rules.count > 1 { try await open([rule], in: group, ec2) }
        }
    }

    private func underLease<Value>(_ user: String, _ body: () async throws -> Value) async throws -> Value {
        try await context.account.check()
        let lease = AddressAccess.lease(user)
        let deadline = ContinuousClock.now + AddressAccess.patience
        while case .held(let other) = try await context.keeper.acquire(lease) {
            guard ContinuousClock.now < deadline else { throw ReconcileFailure.busy(instance: user, other) }
            try await Task.sleep(for: .milliseconds(200))
        }
        do {
            let value = try await body()
            await context.keeper.release(lease)
            return value
        } catch {
            await context.keeper.release(lease)
            throw error
        }
    }

    private func write(_ rows: [RecordChange], _ user: String) async throws {
        try await context.journal.write(rows, lock: AddressAccess.lease(user))
    }

    private func change(
        _ group: UserGroup, to spec: SecurityGroupSpec, action: String, call: @Sendable (EC2) async throws -> Void
    ) async throws {
        let ec2 = context.aws.ec2(region: spec.region)
        try await context.journal.perform(
            Journal.Entry(
                address: .securityGroup(region: spec.region, user: spec.user), action: action, region: spec.region,
                request: try CanonicalJSON.encode(spec)),
            lock: AddressAccess.lease(spec.user), call: { try await call(ec2) },
            settled: { _ in ([.putSecurityGroup(spec, groupID: group.groupID)], group.groupID) })
    }
}
