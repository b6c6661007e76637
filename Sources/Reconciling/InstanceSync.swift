import AWSCloud
import FleetModel
import FleetStore
import Planning
import Scheduling

/// What a look at all instances of a region came to.
public struct SyncReport: Hashable, Sendable {
    /// Instances that AWS listed.
    public var seen = 0
    /// Rows that changed.
    public var changed = 0
    /// Starts and stops by hand that are undone.
    public var enforced = 0
    /// Instances that AWS has lost, by this look.
    public var lost: [String] = []
    /// Lost instances that are launched again.
    public var restoring: [String] = []
    /// What a person should look at, though nothing failed.
    public var notes: [String] = []
    /// What came of launching the lost ones again.
    public var power = PowerReport()
}

/// Compares all instances of a region with their rows (SPEC 6): records what AWS shows, lists known users' machines, tells lost
/// from absent, launches lost ones again where that is wanted, and undoes starts and stops by hand under `enforce`.
///
/// From a complete listing only: a page that fails changes nothing. Rows of instances that another works on are left to it.
/// Done in two halves, so that what several regions lost together can be judged before any of it is believed.
public struct InstanceSync: Sendable {
    /// What is looked at.
    public let region: String
    private let context: PowerContext
    private let book: ScheduleBook

    /// A look at one region, under the leases of its context.
    public init(_ context: PowerContext, region: String, book: ScheduleBook) {
        self.context = context
        self.region = region
        self.book = book
    }

    /// What a listing showed, and what it means for each row.
    public struct Look: Sendable {
        let rows: [RecordedInstance]
        let listed: [String: ObservedInstance]
        let strangers: [ObservedInstance]
        let verdicts: [String: SyncVerdict]
        let decision: SyncDecision
        let now: Instant

        /// The managed instances that AWS has no more, as far as this listing tells.
        public var lost: [String] {
            rows.compactMap { row in
                if case .lost = verdicts[row.name] { row.name } else { nil }
            }
        }
    }

    // MARK: Looking

    /// Lists the region and compares; writes nothing.
    ///
    /// Throws ``ReconcileFailure/emptyAccount(region:)`` where instances are missing and nothing else of the fleet is there either:
    /// that is another account, or an endpoint that lost its memory.
    public func look(now: Instant) async throws -> Look {
        try await context.account.check()
        // The rows first: one that another writes while the listing is on its way is newer than what the listing says.
        let rows = try await context.store.instances(fleetID: context.fleetID, region: region)
        try await settleDeadSteps(of: rows)
        let listed = try await context.aws.ec2(region: region).instances()
        let byID = Dictionary(listed.map { ($0.instanceID, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(rows.compactMap(\.instanceID))
        let strangers = listed.filter { seen in
            !known.contains(seen.instanceID) && seen.state.isAlive
                && (seen.user != nil || seen.fleet == context.settings.name)
        }
        let hasStrangers = !strangers.isEmpty || rows.contains { !$0.managed }
        let users = hasStrangers ? try await context.store.userKeys(fleetID: context.fleetID) : []
        let decision = SyncDecision(
            fleet: context.settings.name, users: users, now: now,
            lostAfter: context.settings.guards.lostAfter.seconds)
        let verdicts = try await verdicts(on: rows, byID, decision)
        let isMissing = rows.contains { row in
            guard let id = row.instanceID, byID[id] == nil else { return false }
            return verdicts[row.name] != .unchanged
        }
        if isMissing { try await requireOurAccount() }
        return Look(
            rows: rows, listed: byID, strangers: strangers, verdicts: verdicts, decision: decision, now: now)
    }

    private func verdicts(
        on rows: [RecordedInstance], _ listed: [String: ObservedInstance], _ decision: SyncDecision
    ) async throws -> [String: SyncVerdict] {
        // Only a launch that came to nothing asks what else is known of it.
        let doubtful = rows.filter(SyncDecision.isFailedLaunch)
        var busy: Set<String> = []
        var declared: Set<String> = []
        if !doubtful.isEmpty {
            let names = doubtful.map(\.name)
            busy.formUnion(
                try await context.store.openSteps(fleetID: context.fleetID, instances: names).map(\.address.key))
            busy.formUnion(
                try await context.store.pendingSessions(fleetID: context.fleetID, instances: names)
                    .map(\.instance.name))
            let deployments = try await context.store.deployments(
                fleetID: context.fleetID, named: Set(doubtful.compactMap(\.deployment)).sorted())
            declared.formUnion(deployments.flatMap(\.deployment.instanceNames))
        }
        return Dictionary(
            rows.map { row in
                (
                    row.name,
                    decision.verdict(
                        on: row, seen: row.instanceID.flatMap { listed[$0] }, isBusy: busy.contains(row.name),
                        isDeclared: declared.contains(row.name))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Makes sure, where instances are missing, that AWS shows something else of this fleet: its security groups in the region, or
    /// the marker of its bucket.
    private func requireOurAccount() async throws {
        let groups = try await context.store.launchRecords(fleetID: context.fleetID, regions: [region], bots: []).groups
        let ec2 = context.aws.ec2(region: region)
        for ids in Array(groups.values).sorted().batches(of: EC2Filter.maximumValues) {
            let found = try await ec2.securityGroups(matching: [EC2Filter("group-id", ids)])
            if !found.isEmpty { return }
        }
        guard groups.isEmpty else { throw ReconcileFailure.emptyAccount(region: region) }
        let isMarked = try await BucketMarker.check(
            context.aws.s3(), bucket: context.settings.aws.bucket, region: context.settings.aws.region,
            fleet: context.settings.name)
        guard isMarked else { throw ReconcileFailure.emptyAccount(region: region) }
    }

    /// Finishes terminations and launches whose process died over its call: nothing else of the row is true until then.
    private func settleDeadSteps(of rows: [RecordedInstance]) async throws {
        let names = rows.filter { $0.managed && ($0.state == .terminating || $0.state == .launching) }.map(\.name)
        guard !names.isEmpty else { return }
        let open = try await context.store.openSteps(fleetID: context.fleetID, instances: names)
            .filter { $0.action == "RunInstances" || $0.action == "TerminateInstances" }
        let recovery = Recovery(
            aws: context.aws, store: context.store, fleetID: context.fleetID, settings: context.settings,
            keeper: context.keeper, base: context.leases, progress: { _ in })
        for step in open {
            let lock = LeaseKeeper.operation(step.address.key)
            // One that is locked is being worked on, and will be settled by who holds it.
            guard case .acquired = try await context.keeper.acquire(lock) else { continue }
            do {
                // Read again under the lock: its holder may have settled it and gone.
                let current = try await context.store.openSteps(
                    fleetID: context.fleetID, instances: [step.address.key])
                if let step = current.first(where: { $0.id == step.id }) {
                    try await recovery.settleInstance(step, lock)
                }
                await context.keeper.release(lock)
            } catch {
                await context.keeper.release(lock)
                throw error
            }
        }
    }

    // MARK: Recording

    /// Records what a look showed.
    ///
    /// - Parameter believesLosses: false where too many were lost at once: then those stay as they are, and nothing is launched.
    public func record(_ look: Look, believesLosses: Bool) async throws -> SyncReport {
        var report = SyncReport(seen: look.listed.count)
        let sizes = await volumeSizes(look, &report)
        let moved = look.rows.filter { row in
            switch look.verdicts[row.name] {
            case .changed, .absent, .gone: true
            case .lost: believesLosses
            case .unchanged, nil: sizes[row.instanceID ?? ""].map { $0 != row.storageGB } ?? false
            }
        }
        for some in moved.batches(of: InstanceSync.rowsPerWrite) {
            report.add(try await write(some, look, sizes))
        }
        report.changed += try await writeStrangers(look, sizes, &report)
        guard believesLosses else { return report }
        try await restore(look, &report)
        report.enforced = try await enforce(look)
        return report
    }

    /// Rows that are locked and written together.
    private static let rowsPerWrite = 1_000

    private func write(
        _ before: [RecordedInstance], _ look: Look, _ sizes: [String: Int]
    ) async throws -> SyncReport {
        let locks = before.map { LeaseKeeper.operation($0.name) }
        let attempts = try await context.keeper.acquire(locks)
        let mine = locks.filter { lock in
            if case .acquired = attempts[lock] { true } else { false }
        }
        var report = SyncReport()
        do {
            // Read again under the locks: what another did since the listing began must not be undone by it.
            let (held, known) = (Set(mine), Set(before))
            let rows = try await context.store.instances(fleetID: context.fleetID, names: before.map(\.name))
                .filter { held.contains(LeaseKeeper.operation($0.name)) && known.contains($0) }
            var changes: [RecordChange] = []
            for row in rows {
                guard let change = change(of: row, look, sizes) else { continue }
                report.changed += 1
                if case .lost = look.verdicts[row.name] { report.lost.append(row.name) }
                changes += change
            }
            try await context.journal.write(changes, locks: mine)
            await context.keeper.release(mine)
        } catch {
            await context.keeper.release(mine)
            throw error
        }
        return report
    }

    private func change(of row: RecordedInstance, _ look: Look, _ sizes: [String: Int]) -> [RecordChange]? {
        let size = row.instanceID.flatMap { sizes[$0] }
        switch look.verdicts[row.name] {
        case .changed(var new), .absent(var new), .lost(var new):
            new.storageGB = size ?? new.storageGB
            guard new.state != row.state else { return [.putInstance(new)] }
            return [.putInstance(new), InstanceWorker.event("InstanceStatusUpdated", new, state: new.state)]
        case .gone:
            return [
                .delete(.instance(row.name)),
                InstanceWorker.event("InstanceStatusUpdated", row, state: row.managed ? row.state : .terminated),
            ]
        case .unchanged, nil:
            guard let size, size != row.storageGB else { return nil }
            var new = row
            new.storageGB = size
            return [.putInstance(new)]
        }
    }

    /// The sizes of the root volumes of machines that are new or changed, by instance id; a listing of volumes that is refused costs
    /// the sizes alone.
    private func volumeSizes(_ look: Look, _ report: inout SyncReport) async -> [String: Int] {
        var volumes: [String: String] = [:]
        for row in look.rows {
            guard let seen = row.instanceID.flatMap({ look.listed[$0] }), seen.state.isAlive,
                let volume = seen.volumeIDs.first
            else { continue }
            if case .changed = look.verdicts[row.name] { volumes[volume] = seen.instanceID }
            if row.storageGB == nil { volumes[volume] = seen.instanceID }
        }
        for seen in look.strangers {
            guard case .listed = look.decision.stranger(seen), let volume = seen.volumeIDs.first else { continue }
            volumes[volume] = seen.instanceID
        }
        guard !volumes.isEmpty else { return [:] }
        do {
            let found = try await context.aws.ec2(region: region).volumes(ids: volumes.keys.sorted())
            return Dictionary(
                found.compactMap { volume in volumes[volume.volumeID].map { ($0, volume.sizeGB) } },
                uniquingKeysWith: { first, _ in first })
        } catch {
            report.notes.append("\(region): volume sizes could not be looked up: \(Journal.text(error))")
            return [:]
        }
    }

    // MARK: Somebody's machines

    /// Lists known users' machines that no row names, as rows that are never touched.
    private func writeStrangers(
        _ look: Look, _ sizes: [String: Int], _ report: inout SyncReport
    ) async throws -> Int {
        var listed: [(seen: ObservedInstance, user: String)] = []
        for seen in look.strangers {
            switch look.decision.stranger(seen) {
            case .ignored: break
            case .listed(let user): listed.append((seen, user))
            case .unowned:
                report.notes.append(
                    "\(seen.instanceID) in \(region) bears this fleet's tag and no user of it: nobody looks after it")
            }
        }
        guard !listed.isEmpty else { return 0 }
        // Rows as they are by now, wherever they say that their machine is: a launch may have recorded its own meanwhile.
        let taken = try await context.store.instances(
            fleetID: context.fleetID, region: region, ids: listed.map(\.seen.instanceID)
        ).compactMap(\.instanceID)
        var names = listed.flatMap { [$0.seen.name, $0.seen.instanceID] }.compactMap { $0 }
        let namesakes = try await context.store.instances(fleetID: context.fleetID, names: names)
        names = namesakes.map(\.name)
        let launching = Set(
            namesakes.filter { $0.managed && $0.state == .launching && $0.instanceID == nil }.map(\.name))
        var used = Set(names)
        var changes: [RecordChange] = []
        for (seen, user) in listed.sorted(by: { $0.seen.instanceID < $1.seen.instanceID })
        where !taken.contains(seen.instanceID) && !launching.contains(seen.name ?? "") {
            var row = look.decision.row(of: seen, user: user) { !used.contains($0) }
            row.storageGB = sizes[seen.instanceID]
            used.insert(row.name)
            changes += [.putInstance(row), InstanceWorker.event("InstanceCreated", row, state: row.state)]
        }
        try await context.journal.write(changes)
        return changes.count / 2
    }

    // MARK: Restoring

    /// Launches lost instances again where their deployment says so and they are wanted running.
    private func restore(_ look: Look, _ report: inout SyncReport) async throws {
        let wereRunning = Set(look.rows.filter { $0.state.power == .running }.map(\.name))
        let candidates = report.lost + look.rows.filter { $0.managed && $0.state == .lost }.map(\.name)
        guard !candidates.isEmpty else { return }
        let rows = try await context.store.instances(fleetID: context.fleetID, names: candidates)
            .filter { $0.managed && $0.state == .lost }
        let deployments = try await context.store.deployments(
            fleetID: context.fleetID, named: Set(rows.compactMap(\.deployment)).sorted())
        let lost = Set(rows.map(\.name))
        var sessions: [Session] = []
        for deployment in deployments where deployment.deployment.whenLost == .restore {
            for name in deployment.deployment.instanceNames where lost.contains(name) {
                let wanted = try DeploymentTimeline(
                    deployment, override: deployment.overrides[name], book: book
                ).wanted(at: look.now).state
                guard wanted == .running || (wanted == nil && wereRunning.contains(name)) else { continue }
                sessions.append(
                    Session(
                        instance: name, deployment: deployment.deployment.name, user: deployment.user.key,
                        action: .start, scheduledFor: look.now, outcome: .pending, source: .restore))
            }
        }
        guard !sessions.isEmpty else { return }
        _ = try await context.store.record(
            unlessPending: sessions, fleetID: context.fleetID, under: try await context.keeper.held(context.leases))
        let pending = try await context.store.pendingSessions(
            fleetID: context.fleetID, instances: sessions.map(\.instance)
        ).filter { $0.session.source == .restore && $0.session.attempts == 0 && $0.session.calledAt == nil }
        report.restoring = pending.map(\.instance.name)
        report.power = try await PowerRun(context, action: .start, region: region, now: look.now).carryOut(pending)
    }

    // MARK: Enforcing

    private func enforce(_ look: Look) async throws -> Int {
        let deployments = try await context.store.enforcedDeployments(fleetID: context.fleetID, region: region)
        guard !deployments.isEmpty else { return 0 }
        // Rows as they are by now: one that differs from the listing was moved by us while the listing was on its way.
        let fresh = try await context.store.instances(fleetID: context.fleetID, names: look.rows.map(\.name))
        let still = fresh.filter { row in
            row.instanceID.flatMap { look.listed[$0] }.map { !row.differs(from: $0) } ?? false
        }
        let byName = Dictionary(still.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var requests: [Session] = []
        for deployment in deployments {
            for instance in deployment.instances {
                guard let id = byName[instance.name]?.instanceID, let power = look.listed[id]?.state.power else {
                    continue
                }
                let timeline = try DeploymentTimeline(
                    deployment, override: deployment.overrides[instance.name], book: book)
                guard let wanted = timeline.wanted(at: look.now).state, wanted != power else { continue }
                requests.append(
                    Session(
                        instance: instance.name, deployment: deployment.deployment.name, user: deployment.user.key,
                        action: Session.Action(wanted), scheduledFor: look.now, outcome: .pending, source: .enforce))
            }
        }
        return try await context.store.record(
            unlessPending: requests, fleetID: context.fleetID,
            under: try await context.keeper.held(context.leases))
    }
}

extension SyncReport {
    /// Both together: what some rows and others came to.
    mutating func add(_ other: SyncReport) {
        changed += other.changed
        lost += other.lost
        notes += other.notes
    }
}

extension RecordedInstance {
    /// Whether AWS shows a living machine otherwise than its row does.
    func differs(from seen: ObservedInstance) -> Bool {
        guard managed, seen.state.isAlive else { return false }
        var refreshed = self
        refreshed.observe(seen)
        return refreshed != self
    }
}
