import FleetModel
import Planning

/// Carries out a plan's changes in the order that their dependencies ask for (docs/architecture.md, "An apply").
///
/// 1. All that is only recorded, in one transaction: settings to deployments, rows of new instances, and a pending
///    session for every start and stop that follows, so that none is forgotten if this process dies.
/// 2. Security groups, key pairs, bundles: what instances need.
/// 3. Instances, `parallelism` at a time, then one wait for all that is on its way.
/// 4. What goes: groups, keys, bundles, and the rows that nothing refers to any more.
///
/// One change failing stops only what depends on it.
actor ApplyRun {
    private let context: ApplyContext
    private let plan: Plan
    private let parallelism: Int
    private var report: ApplyReport
    /// Instances that are on their way in AWS; their changes are done when they are there.
    private var settling: [Settling] = []
    /// Changes that failed or were skipped.
    private var broken: Set<Address> = []

    init(_ context: ApplyContext, plan: Plan, parallelism: Int) {
        self.context = context
        self.plan = plan
        self.parallelism = max(1, parallelism)
        self.report = ApplyReport(plan: plan)
    }

    func run() async throws -> ApplyReport {
        try await record()
        await perform(plan.changes.filter { $0.action != .delete && ApplyRun.shared.contains($0.address.kind) }) {
            try await $0.shared()
        }
        await bootScript()
        await instances()
        await perform(plan.changes.filter { $0.action == .delete && ApplyRun.shared.contains($0.address.kind) }) {
            try await $0.shared()
        }
        await deleteRows()
        return report
    }

    private static let shared: Set<Address.Kind> = [.securityGroup, .keyPair, .bundle]
    private static let rows: Set<Address.Kind> = [.fleet, .region, .user, .schedule, .bot, .deployment]

    // MARK: 1. Rows

    private func record() async throws {
        let changes = plan.changes.filter { $0.action != .delete && ApplyRun.rows.contains($0.address.kind) }
        var rows: [RecordChange] = []
        // The cursor is the plan's time: what becomes due while a person thinks is still to be recorded by a tick.
        for change in changes { rows += ApplyRun.rows(of: change, at: plan.createdAt) }
        for change in plan.changes {
            guard case .instance(let operation)? = change.operation else { continue }
            if case .launch = operation.kind, change.before == nil, let spec = operation.spec {
                rows.append(contentsOf: try planned(operation, spec))
            }
            if let power = operation.power, operation.kind != .record {
                rows.append(contentsOf: sessions(operation, power))
            }
        }
        for change in changes { context.progress(.started(change)) }
        try await context.journal.write(rows)
        for change in changes { finish(change) }
    }

    /// The row of an instance that is to be launched, so that its pending session has something to start.
    private func planned(_ operation: InstanceOperation, _ spec: InstanceSpec) throws -> [RecordChange] {
        guard context.newInstances.contains(operation.name) else { return [] }
        return [
            .putInstance(
                RecordedInstance(
                    name: operation.name, deployment: operation.deployment, region: spec.region, user: spec.user,
                    bot: spec.bot, state: .planned, spec: try CanonicalJSON.encode(spec)))
        ]
    }

    private func sessions(_ operation: InstanceOperation, _ power: PowerState) -> [RecordChange] {
        let action: Session.Action = power == .running ? .start : .stop
        if var old = context.pendingSessions[operation.name] {
            if old.action == action { return [] }
            old.outcome = .superseded
            return [.putSession(old), .putSession(session(operation, action))]
        }
        return [.putSession(session(operation, action))]
    }

    private func session(_ operation: InstanceOperation, _ action: Session.Action) -> Session {
        Session(
            instance: operation.name, deployment: operation.deployment, user: operation.spec?.user ?? "",
            action: action,
            scheduledFor: context.startedAt, outcome: .pending, source: operation.source,
            apply: context.journal.applyID)
    }

    private static func rows(of change: Change, at now: Instant) -> [RecordChange] {
        switch change.operation {
        case .putSettings(let settings): [.putSettings(settings)]
        case .putRegion(let region): [.putRegion(region)]
        case .putUser(let user, let affected): [.putUser(user)] + affected.map { row(of: $0, at: now) }
        case .putSchedule(let schedule, let affected): [.putSchedule(schedule)] + affected.map { row(of: $0, at: now) }
        case .putBot(let bot): [.putBot(bot)]
        case .putDeployment(let planned): [row(of: planned, at: now)]
        case .putBundle, .putSecurityGroup, .putKeyPair, .instance, .delete, .deleteSecurityGroup, .deleteKeyPair,
            .deleteBundle, nil:
            []
        }
    }

    private static func row(of planned: PlannedDeployment, at now: Instant) -> RecordChange {
        .putDeployment(
            planned.deployment, region: planned.region, cursor: now, nextTransition: planned.nextTransition,
            movesCursor: planned.movesCursor)
    }

    /// The fleet's boot script, which every instance that goes on runs; without it those are skipped, and what goes still goes.
    private func bootScript() async {
        guard plan.changes.contains(where: { $0.address.kind == .instance && $0.action != .delete }) else { return }
        do {
            try await SharedWorker(context: context).putBootScript()
        } catch {
            let address = Address.fleet(context.fleet)
            broken.insert(address)
            report.failed.append((address, Journal.text(error)))
            let change = Change(
                address: address, action: .update, systems: [.aws], reason: "its boot script is uploaded")
            context.progress(.failed(change, Journal.text(error)))
        }
    }

    // MARK: 3. Instances

    private func instances() async {
        let changes = plan.changes.filter { $0.address.kind == .instance }
        await perform(changes) { [self] item in
            guard case .instance(let operation)? = item.change.operation else { return }
            let worker = InstanceWorker(context: item.context, change: item.change, operation: operation)
            if let pending = try await worker.perform() { await add(pending) }
        }
        guard !settling.isEmpty else { return }
        if context.isStopped() {
            // They go on in AWS; their sessions stay pending, and the next apply finds them arrived.
            report.notBegun += settling.map { Address.instance($0.name) }
            return
        }
        let byName = Dictionary(changes.map { ($0.address.key, $0) }, uniquingKeysWith: { first, _ in first })
        for item in settling where item.power != nil {
            if let change = byName[item.name] { context.progress(.doing(change, "waiting for AWS")) }
        }
        // Those that go are only waited for where a security group goes with them.
        let groupsGo = plan.changes.contains { $0.address.kind == .securityGroup && $0.action == .delete }
        let errors = await SettleWait(context: context).wait(for: settling.filter { $0.power != nil || groupsGo })
        for item in settling {
            guard let change = byName[item.name] else { continue }
            if let error = errors[item.name] { fail(change, error) } else { finish(change) }
        }
    }

    private func add(_ item: Settling) { settling.append(item) }

    // MARK: 4. Rows that go

    private func deleteRows() async {
        let going = plan.changes.filter { $0.action == .delete && ApplyRun.rows.contains($0.address.kind) }
        // Children before parents, each for itself: one that is still referred to keeps only its own parents.
        for change in going.sorted(by: { $1.address < $0.address }) {
            if context.isStopped() {
                report.notBegun.append(change.address)
                continue
            }
            if let cause = blocker(of: change) {
                skip(change, because: cause)
                continue
            }
            context.progress(.started(change))
            do {
                try await context.journal.write([.delete(change.address)])
                finish(change)
            } catch {
                fail(change, error)
            }
        }
    }

    // MARK: One change after another, some at a time

    /// A change with what carries it out.
    struct Item: Sendable {
        let change: Change
        let context: ApplyContext

        func shared() async throws {
            let worker = SharedWorker(context: context)
            switch change.operation {
            case .putSecurityGroup(let operation): try await worker.put(operation, at: change.address)
            case .putKeyPair(let operation): try await worker.put(operation, at: change.address)
            case .putBundle(let bot, let bundle): try await worker.put(bundle, of: bot, at: change.address)
            case .deleteSecurityGroup(let region, let id):
                try await worker.deleteGroup(id, region: region, at: change.address)
            case .deleteKeyPair(let region, let name):
                try await worker.deleteKey(name, region: region, at: change.address)
            case .deleteBundle(let bundle, let isShared):
                try await worker.delete(bundle, isShared: isShared, at: change.address)
            case .putSettings, .putRegion, .putUser, .putSchedule, .putBot, .putDeployment, .instance, .delete, nil:
                break
            }
        }
    }

    private func perform(
        _ changes: [Change], _ body: @escaping @Sendable (Item) async throws -> Void
    ) async {
        var queue = changes[...]
        await withTaskGroup(of: (Change, (any Error)?).self) { group in
            var running = 0
            while running > 0 || !queue.isEmpty {
                while running < parallelism, let change = queue.popFirst() {
                    if context.isStopped() {
                        report.notBegun.append(change.address)
                        continue
                    }
                    if let cause = blocker(of: change) {
                        skip(change, because: cause)
                        continue
                    }
                    context.progress(.started(change))
                    let item = Item(change: change, context: context)
                    group.addTask {
                        do {
                            try await body(item)
                            return (change, nil)
                        } catch {
                            return (change, error)
                        }
                    }
                    running += 1
                }
                guard let (change, error) = await group.next() else { break }
                running -= 1
                if let error {
                    fail(change, error)
                } else if change.address.kind != .instance
                    || !settling.contains(where: { $0.name == change.address.key })
                {
                    finish(change)
                }
            }
        }
    }

    // MARK: What depends on what

    /// The broken change that keeps this one from being begun.
    private func blocker(of change: Change) -> Address? {
        guard !broken.isEmpty else { return nil }
        if change.action == .delete { return dependents(of: change).first { broken.contains($0) } }
        return needs(of: change).first { broken.contains($0) }
    }

    private func needs(of change: Change) -> [Address] {
        guard case .instance(let operation)? = change.operation, let spec = operation.spec else { return [] }
        var needed: [Address] = [
            .bundle(spec.bot), .securityGroup(region: spec.region, user: spec.user),
            .keyPair(region: spec.region, user: spec.user),
        ]
        if spec.bootScript != nil { needed.append(.fleet(context.fleet)) }
        return needed
    }

    /// Changes that must be done before this one may go: those of whatever refers to it.
    private func dependents(of change: Change) -> [Address] {
        let key = change.address.key
        return plan.changes.filter { other in
            guard other.address != change.address else { return false }
            switch change.address.kind {
            case .fleet, .instance: return false
            case .deployment: return ApplyRun.deployment(of: other) == key
            case .securityGroup, .keyPair:
                guard let (region, user) = change.address.regionAndUser else { return false }
                return ApplyRun.uses(other, region: region, user: user)
            case .bundle: return other.address.kind == .instance && ApplyRun.text(other.before, "bot") == key
            case .bot: return other.address == .bundle(key) || ApplyRun.refers(other, "bot", key)
            case .schedule: return ApplyRun.refers(other, "schedule", key)
            case .user:
                return other.address.regionAndUser?.user == key || ApplyRun.refers(other, "user", key)
            case .region:
                return other.address.regionAndUser?.region == key || ApplyRun.refers(other, "region", key)
            }
        }.map(\.address)
    }

    private static func deployment(of change: Change) -> String? {
        guard case .instance(let operation)? = change.operation else { return nil }
        return operation.deployment
    }

    private static func uses(_ change: Change, region: String, user: String) -> Bool {
        change.address.kind == .instance && text(change.before, "region") == region
            && text(change.before, "user") == user
    }

    private static func refers(_ change: Change, _ attribute: String, _ key: String) -> Bool {
        (change.address.kind == .instance || change.address.kind == .deployment)
            && text(change.before, attribute) == key
    }

    private static func text(_ value: JSONValue?, _ attribute: String) -> String? { value?[attribute]?.text }

    // MARK: Accounts

    private func finish(_ change: Change) {
        report.done.append(change.address)
        context.progress(.finished(change))
    }

    private func fail(_ change: Change, _ error: any Error) {
        broken.insert(change.address)
        report.failed.append((change.address, Journal.text(error)))
        context.progress(.failed(change, Journal.text(error)))
    }

    private func skip(_ change: Change, because cause: Address) {
        broken.insert(change.address)
        report.skipped.append((change.address, cause))
        context.progress(.skipped(change, because: cause))
    }
}
