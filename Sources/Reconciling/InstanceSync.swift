import AWSCloud
import FleetModel
import FleetStore
import Scheduling

/// What a look at all instances of a region came to.
public struct SyncReport: Hashable, Sendable {
    /// Instances that AWS listed.
    public var seen = 0
    /// Rows that changed.
    public var changed = 0
    /// Starts and stops by hand that are undone.
    public var enforced = 0
}

/// Compares all instances of a region with their rows, and undoes starts and stops by hand where a schedule says `enforce`.
///
/// From a complete listing only: a page that fails changes nothing. Rows of instances that another works on are left to it.
public struct InstanceSync: Sendable {
    private let context: PowerContext
    private let region: String
    private let book: ScheduleBook

    /// A look at one region, under the leases of its context.
    public init(_ context: PowerContext, region: String, book: ScheduleBook) {
        self.context = context
        self.region = region
        self.book = book
    }

    /// Lists, records, and gives each enforced instance that is not as wanted a pending session.
    public func run(now: Instant) async throws -> SyncReport {
        try await context.account.check()
        // The rows first: one that another writes while the listing is on its way is newer than what the listing says.
        let rows = try await context.store.instances(fleetID: context.fleetID, region: region)
        let listed = try await context.aws.ec2(region: region).instances()
        var report = SyncReport(seen: listed.count)
        let byID = Dictionary(listed.map { ($0.instanceID, $0) }, uniquingKeysWith: { first, _ in first })
        let moved = rows.filter { row in row.instanceID.flatMap { byID[$0] }.map { row.differs(from: $0) } ?? false }
        for start in stride(from: 0, to: moved.count, by: InstanceSync.rowsPerWrite) {
            let some = moved[start..<min(start + InstanceSync.rowsPerWrite, moved.count)]
            report.changed += try await record(Array(some), byID)
        }
        report.enforced = try await enforce(rows, byID, now)
        return report
    }

    /// Rows that are locked and written together.
    private static let rowsPerWrite = 1_000

    // MARK: Rows

    private func record(_ before: [RecordedInstance], _ seen: [String: ObservedInstance]) async throws -> Int {
        let names = before.map(\.name)
        let attempts = try await context.keeper.acquire(names.map(LeaseKeeper.operation))
        let locks = names.map(LeaseKeeper.operation).filter { lock in
            if case .acquired = attempts[lock] { true } else { false }
        }
        do {
            let mine = Set(locks)
            // Read again under the locks: what another did since the listing began must not be undone by it.
            let known = Set(before)
            let rows = try await context.store.instances(fleetID: context.fleetID, names: names)
                .filter { mine.contains(LeaseKeeper.operation($0.name)) && known.contains($0) }
            let changes = rows.flatMap { row -> [RecordChange] in
                guard let there = row.instanceID.flatMap({ seen[$0] }), row.differs(from: there) else { return [] }
                var refreshed = row
                refreshed.observe(there)
                refreshed.keyName = there.keyName ?? row.keyName
                guard refreshed.state != row.state else { return [.putInstance(refreshed)] }
                return [
                    .putInstance(refreshed),
                    InstanceWorker.event("InstanceStatusUpdated", refreshed, state: refreshed.state),
                ]
            }
            try await context.journal.write(changes, locks: locks)
            await context.keeper.release(locks)
            return changes.count { if case .putInstance = $0 { true } else { false } }
        } catch {
            await context.keeper.release(locks)
            throw error
        }
    }

    // MARK: Enforcing

    private func enforce(
        _ rows: [RecordedInstance], _ seen: [String: ObservedInstance], _ now: Instant
    ) async throws -> Int {
        let deployments = try await context.store.enforcedDeployments(fleetID: context.fleetID, region: region)
        guard !deployments.isEmpty else { return 0 }
        // Rows as they are by now: one that differs from the listing was moved by us while the listing was on its way.
        let fresh = try await context.store.instances(fleetID: context.fleetID, names: rows.map(\.name))
        let byName = Dictionary(
            fresh.filter { row in row.instanceID.flatMap { seen[$0] }.map { !row.differs(from: $0) } ?? false }
                .map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var requests: [Session] = []
        for deployment in deployments {
            for instance in deployment.instances {
                guard let id = byName[instance.name]?.instanceID, let there = seen[id], let power = there.state.power
                else { continue }
                let timeline = try DeploymentTimeline(
                    deployment, override: deployment.overrides[instance.name], book: book)
                guard let wanted = timeline.wanted(at: now).state, wanted != power else { continue }
                requests.append(
                    Session(
                        instance: instance.name, deployment: deployment.deployment.name, user: deployment.user.key,
                        action: Session.Action(wanted), scheduledFor: now, outcome: .pending, source: .enforce))
            }
        }
        return try await context.store.record(
            enforcing: requests, fleetID: context.fleetID,
            under: try await context.keeper.held(context.leases))
    }
}

extension RecordedInstance {
    /// Whether AWS shows a living machine otherwise than its row does. One that is gone is for whoever tells lost from absent.
    func differs(from seen: ObservedInstance) -> Bool {
        guard managed, seen.state.isAlive else { return false }
        var refreshed = self
        refreshed.observe(seen)
        refreshed.keyName = seen.keyName ?? keyName
        return refreshed != self
    }
}
