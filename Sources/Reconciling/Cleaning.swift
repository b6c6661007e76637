import AWSCloud
import FleetModel
import FleetStore

/// Deletes security groups and key pairs of the fleet that nothing has used for an hour, in one region (SPEC 6).
///
/// Only what carries the fleet's tag is ever looked at. What AWS refuses to delete, because something outside the fleet uses it, stays
/// and is tried again at the next run.
public struct Cleaning: Sendable {
    /// How long something must have been unused.
    private static let age = 3600

    private let context: PowerContext
    private let region: String

    /// Cleaning of a region, under the leases of a context.
    public init(_ context: PowerContext, region: String) {
        self.context = context
        self.region = region
    }

    /// What was done, and what was left and why.
    public struct Report: Sendable {
        /// Addresses whose group or key pair was deleted.
        public var deleted: [String] = []
        /// What a person may want to know.
        public var notes: [String] = []
    }

    private struct Candidate: Sendable {
        var kind: Leftover.Kind
        var id: String
        var user: String
        var address: Address
    }

    /// Looks at the region, remembers what nothing uses, and deletes what nothing has used for long enough.
    public func run(now: Instant) async throws -> Report {
        try await context.account.check()
        let found = try await unused()
        let leftovers = try await remember(found, now)
        let old = Set(leftovers.filter { now - $0.unusedSince >= Cleaning.age }.map { [$0.kind.rawValue, $0.id] })
        let due = found.filter { old.contains([$0.kind.rawValue, $0.id]) }
        guard !due.isEmpty else { return Report() }
        let report = try await delete(due)
        _ = try await remember(found.filter { !report.deleted.contains($0.address.description) }, now)
        return report
    }

    private func remember(_ found: [Candidate], _ now: Instant) async throws -> [Leftover] {
        try await context.store.record(
            leftovers: found.map { ($0.kind, $0.id) }, fleetID: context.fleetID, region: region, now: now)
    }

    /// What carries our tag and nothing uses: no machine, no deployment and no recorded instance of its user here.
    private func unused() async throws -> [Candidate] {
        let ec2 = context.aws.ec2(region: region)
        let ours = EC2Filter.tag(Tag.fleet, context.settings.name)
        async let listedGroups = ec2.securityGroups(matching: [ours])
        async let listedKeys = ec2.keyPairs(matching: [ours])
        let (groups, keys) = try await (listedGroups, listedKeys)
        guard !groups.isEmpty || !keys.isEmpty else { return [] }
        let machines = try await ec2.instances().filter { $0.state != .terminated }
        let usedGroups = Set(machines.flatMap(\.securityGroupIDs))
        let usedKeys = Set(machines.compactMap(\.keyName))
        let use = try await context.store.sharedUse(fleetID: context.fleetID, region: region)
        var found: [Candidate] = []
        for group in groups where !usedGroups.contains(group.groupID) {
            guard let user = group.tags[Tag.userEmail].map(User.key) else { continue }
            // A second group of a user who has another is used by nothing but machines.
            if use.users.contains(user), use.groups[user] ?? group.groupID == group.groupID { continue }
            found.append(
                Candidate(
                    kind: .securityGroup, id: group.groupID, user: user,
                    address: .securityGroup(region: region, user: user)))
        }
        for key in keys where !usedKeys.contains(key.name) {
            guard let user = key.tags[Tag.userEmail].map(User.key) else { continue }
            if use.users.contains(user), use.keys[user] ?? key.name == key.name { continue }
            found.append(
                Candidate(
                    kind: .keyPair, id: key.name, user: user, address: .keyPair(region: region, user: user)))
        }
        return found
    }

    /// Deletes under the apply lease, so that no apply takes up meanwhile what goes; what is in use by now stays.
    private func delete(_ due: [Candidate]) async throws -> Report {
        if case .held(let other) = try await context.keeper.acquire(LeaseKeeper.apply) {
            return Report(notes: [
                "\(region): \(due.count) unused are left for the next run: \(other.holder) holds the apply lease"
            ])
        }
        do {
            let report = try await deleteUnderLease(due)
            await context.keeper.release(LeaseKeeper.apply)
            return report
        } catch {
            await context.keeper.release(LeaseKeeper.apply)
            throw error
        }
    }

    private func deleteUnderLease(_ due: [Candidate]) async throws -> Report {
        let still = Set(try await unused().map { [$0.kind.rawValue, $0.id] })
        let open = try await context.store.openSteps(fleetID: context.fleetID).filter { $0.region == region }
        let use = try await context.store.sharedUse(fleetID: context.fleetID, region: region)
        var report = Report()
        for item in due where still.contains([item.kind.rawValue, item.id]) {
            guard !open.contains(where: { $0.address == item.address || $0.request.contains(item.id) }) else {
                report.notes.append("\(item.address): left, since a step that names it is open")
                continue
            }
            do {
                try await delete(item, use)
                report.deleted.append(item.address.description)
            } catch let error as AWSError where error.code == .dependencyViolation {
                report.notes.append("\(item.address): left, since something uses \(item.id) still")
            }
        }
        return report
    }

    private func delete(_ item: Candidate, _ use: SharedUse) async throws {
        let ec2 = context.aws.ec2(region: region)
        let recorded = item.kind == .securityGroup ? use.groups[item.user] : use.keys[item.user]
        let rows: [RecordChange] = recorded == item.id ? [.delete(item.address)] : []
        let isGroup = item.kind == .securityGroup
        try await context.under(context.leases + [LeaseKeeper.apply]).journal.perform(
            Journal.Entry(
                address: item.address, action: isGroup ? "DeleteSecurityGroup" : "DeleteKeyPair", region: region,
                request: try CanonicalJSON.encode([isGroup ? "group_id" : "key_name": item.id])),
            lock: nil,
            call: {
                do {
                    if isGroup {
                        try await ec2.deleteSecurityGroup(item.id)
                    } else {
                        try await ec2.deleteKeyPair(name: item.id)
                    }
                } catch let error as AWSError where error.isNotFound {
                    // Gone is what was wanted.
                }
            },
            settled: { _ in (rows, item.id) })
    }
}
