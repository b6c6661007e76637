import AWSCloud
import FleetModel
import FleetStore
import Logging
import Planning
import Scheduling

/// What carrying out starts and stops works with: the runner's, or a command's.
public struct PowerContext: Sendable {
    /// The door to AWS.
    public let aws: AWS
    /// The recorded state.
    public let store: FleetStore
    /// The fleet's row number.
    public let fleetID: Int64
    /// Who holds the leases.
    public let keeper: LeaseKeeper
    /// The leases that are held all the while; each instance's operation lock comes on top.
    public let leases: [String]
    /// As they were applied last.
    public let settings: FleetSettings
    /// The endpoint that instances are told of; nil on AWS.
    let endpoint: String?
    let images: ImageLookup
    /// Throws where the credentials are not of the fleet's account; asked before each call that changes anything.
    public let account: AccountGuard
    let logger: Logger
    /// Told as soon as AWS is at something, so that it can be looked at while other calls still hang.
    public var onUnderWay: @Sendable () -> Void = {}

    /// A context of a fleet that an apply has recorded.
    public init(
        aws: AWS, store: FleetStore, fleetID: Int64, keeper: LeaseKeeper, leases: [String], settings: FleetSettings,
        endpoint: String?, account: AccountGuard, logger: Logger
    ) {
        self.aws = aws
        self.store = store
        self.fleetID = fleetID
        self.keeper = keeper
        self.leases = leases
        self.settings = settings
        self.endpoint = endpoint
        self.images = ImageLookup(aws: aws)
        self.account = account
        self.logger = logger
    }

    /// The same, under other leases.
    public func under(_ leases: [String]) -> PowerContext {
        var other = PowerContext(
            aws: aws, store: store, fleetID: fleetID, keeper: keeper, leases: leases, settings: settings,
            endpoint: endpoint, account: account, logger: logger)
        other.onUnderWay = onUnderWay
        return other
    }

    var journal: Journal { Journal(store: store, fleetID: fleetID, keeper: keeper, applyID: nil, base: leases) }

    /// Whether an error is that AWS gave no answer.
    public static func isUnreachable(_ error: any Error) -> Bool { (error as? AWSError)?.transport != nil }
}

/// What came of carrying out starts or stops.
public struct PowerReport: Hashable, Sendable {
    /// AWS has done them.
    public var succeeded = 0
    /// AWS took them, and is at it.
    public var underWay = 0
    /// A try failed; they are tried again.
    public var failed = 0
    /// Nothing was to do.
    public var skipped = 0
    /// Another works on the instance now.
    public var locked = 0
    /// Errors, by instance.
    public var errors: [String: String] = [:]
    /// Why AWS could not be reached, where it could not.
    public var unreachable: String?

    /// Nothing yet.
    public init() {}

    /// Counts a failed try.
    mutating func add(_ failure: PowerRun.Failure, of instance: String) {
        failed += 1
        errors[instance] = failure.text
        if failure.isUnreachable { unreachable = failure.text }
    }

    /// Both together.
    public mutating func add(_ other: PowerReport) {
        succeeded += other.succeeded
        underWay += other.underWay
        failed += other.failed
        skipped += other.skipped
        locked += other.locked
        errors.merge(other.errors) { first, _ in first }
        unreachable = unreachable ?? other.unreachable
    }
}

/// Carries out pending starts or stops of a region: batches of 50, launches where there is no machine, and a look at what is
/// under way (SPEC 2, "What starting means").
///
/// It ends when AWS took the calls, not when machines are there: the next run sees what came of them. Each instance is worked
/// on under its operation lock; those that another has are left to it. Running it twice, at once or one after another, has
/// the effect of once.
public struct PowerRun: Sendable {
    /// Instances in a call of StartInstances or StopInstances.
    static let batch = 50
    /// Launches, or batches, under way at once.
    static let parallelism = 10

    let context: PowerContext
    let action: Session.Action
    let region: String
    let now: Instant

    /// A run of one action in one region.
    public init(_ context: PowerContext, action: Session.Action, region: String, now: Instant) {
        self.context = context
        self.action = action
        self.region = region
        self.now = now
    }

    /// Does what can be done for these sessions now.
    public func carryOut(_ pending: [PendingSession]) async throws -> PowerReport {
        var report = PowerReport()
        guard !pending.isEmpty else { return report }
        try await context.account.check()
        let names = pending.map(\.instance.name)
        let attempts = try await context.keeper.acquire(names.map(LeaseKeeper.operation))
        let mine = names.filter { name in
            if case .acquired = attempts[LeaseKeeper.operation(name)] { true } else { false }
        }
        report.locked = names.count - mine.count
        do {
            // Read again under the locks: what another finished meanwhile is seen.
            let current = try await context.store.pendingSessions(fleetID: context.fleetID, instances: mine)
                .filter { $0.session.action == action && $0.instance.region == region }
            report.add(try await work(on: current))
        } catch {
            await context.keeper.release(mine.map(LeaseKeeper.operation))
            throw error
        }
        await context.keeper.release(mine.map(LeaseKeeper.operation))
        return report
    }

    private func work(on pending: [PendingSession]) async throws -> PowerReport {
        var sorted = Sorted()
        for item in pending { sorted.add(item) }
        let underWay = sorted.underWay
        var report = PowerReport()
        report.add(try await skip(sorted.nothingToDo))
        // Whoever opened a step of these instances holds their locks no more: it died over its call.
        let names = pending.map(\.instance.name)
        let stale = try await context.store.openSteps(fleetID: context.fleetID, instances: names)
        try await abandon(stale.filter { $0.action != "RunInstances" && $0.action != "TerminateInstances" })
        let callable = sorted.callable
        let launchable = sorted.launchable
        let unfinished = sorted.unfinished
        // None is cancelled by another's failure: a call that is under way must be seen to its end.
        async let settled = part { try await settle(underWay) }
        async let called = part { try await call(callable) }
        async let launched = part { try await launch(launchable) }
        async let recovered = part { try await recover(unfinished, stale) }
        let parts = await [settled, called, launched, recovered]
        for part in parts { report.add(part.report) }
        report.locked += sorted.waiting
        if let error = parts.lazy.compactMap(\.error).first { throw error }
        return report
    }

    /// What a part of a run came to, and why it went no further.
    struct Part: Sendable {
        var report = PowerReport()
        var error: (any Error)?
    }

    func part(_ body: @Sendable () async throws -> PowerReport) async -> Part {
        do {
            return Part(report: try await body())
        } catch {
            return Part(error: error)
        }
    }

    /// Pending sessions by what is to be done for them.
    private struct Sorted {
        var nothingToDo: [(item: PendingSession, reason: String)] = []
        /// A call was taken, and AWS is at it.
        var underWay: [PendingSession] = []
        /// A machine is there to start or stop.
        var callable: [PendingSession] = []
        /// No machine is there, and one is wanted.
        var launchable: [PendingSession] = []
        /// A launch whose answer never came.
        var unfinished: [PendingSession] = []
        /// Machines on their way out, whose place is free once they are gone.
        var waiting = 0

        mutating func add(_ item: PendingSession) {
            let row = item.instance
            if let reason = DueDecision.nothingToDo(item.session.action, row.state) {
                nothingToDo.append((item, reason))
            } else if row.state == .terminating {
                waiting += 1
            } else if row.instanceID == nil, row.state == .launching {
                // Also for a stop: whether there is a machine is known once the launch is finished.
                unfinished.append(item)
            } else if row.instanceID == nil || !row.state.isAlive {
                launchable.append(item)
            } else if item.session.calledAt != nil || row.state == item.session.action.movingState {
                underWay.append(item)
            } else {
                callable.append(item)
            }
        }
    }

    private func skip(_ items: [(item: PendingSession, reason: String)]) async throws -> PowerReport {
        var report = PowerReport()
        let rows = items.flatMap { item, reason -> [RecordChange] in
            let session = item.session.skipped(reason)
            return [.putSession(session), .event(session.event)]
        }
        try await context.journal.write(rows, locks: items.map { LeaseKeeper.operation($0.item.instance.name) })
        report.skipped = items.count
        return report
    }

    /// Closes steps of starts, stops and changes in place that a dead process left open: what follows does them again.
    private func abandon(_ steps: [Step]) async throws {
        try await context.journal.write(
            steps.map { .settleStep(id: $0.id, outcome: .abandoned, result: nil, error: nil) },
            locks: Set(steps.map { LeaseKeeper.operation($0.address.key) }).sorted())
    }

    // MARK: Launches

    private func launch(_ items: [PendingSession]) async throws -> PowerReport {
        guard !items.isEmpty else { return PowerReport() }
        let records = try await context.store.launchRecords(
            fleetID: context.fleetID, regions: Set(items.map(\.instance.region)),
            bots: Set(items.compactMap(\.instance.bot)))
        return await some(items) { item in
            do {
                try await launch(item, records)
                context.onUnderWay()
                return .underWay
            } catch {
                return .failed(Failure(error))
            }
        }
    }

    private func launch(_ item: PendingSession, _ records: LaunchRecords) async throws {
        let row = item.instance
        guard let text = row.spec, let deployment = row.deployment else {
            throw ReconcileFailure.notReady(
                "nothing is recorded of what '\(row.name)' is made from", hint: "run botfleet apply")
        }
        let spec = try CanonicalJSON.decode(InstanceSpec.self, from: text)
        let lock = LeaseKeeper.operation(row.name)
        // Its turn may come minutes after the list was read: what took its place meanwhile is not launched over.
        let current = try await context.store.pendingSessions(fleetID: context.fleetID, instances: [row.name]).first
        guard let current, current.session == item.session else { return }
        if row.state == .lost, let found = try await strayMachine(of: row) {
            // It was only thought lost: taken back, and started like any other by the next run.
            var back = row
            back.observe(found)
            try await context.journal.write(
                [.putInstance(back), InstanceWorker.event("InstanceStatusUpdated", back, state: back.state)],
                lock: lock)
            return
        }
        let launcher = Launcher(
            aws: context.aws, journal: context.journal, images: context.images,
            place: LaunchPlace(context.settings, fleetID: context.fleetID, endpoint: context.endpoint),
            report: { [logger = context.logger] text in
                logger.info("\(text)", metadata: ["instance": "\(row.name)"])
            })
        _ = try await launcher.launch(
            row, spec: spec, deployment: deployment,
            material: LaunchMaterial(
                region: records.regions[spec.region], bot: records.bots[spec.bot],
                groupID: records.groups[.securityGroup(region: spec.region, user: spec.user)],
                keyName: records.keys[.keyPair(region: spec.region, user: spec.user)]),
            session: item.session, opening: [], lock: lock, now: now)
    }

    /// A live machine of this fleet that bears the name, although the row calls it lost; the oldest of several.
    private func strayMachine(of row: RecordedInstance) async throws -> ObservedInstance? {
        try await context.aws.ec2(region: row.region).instances(matching: [
            .tag(Tag.fleet, context.settings.name), .tag(Tag.name, row.name),
        ]).filter(\.state.isAlive).min {
            ($0.launchedAt?.seconds ?? .max, $0.instanceID) < ($1.launchedAt?.seconds ?? .max, $1.instanceID)
        }
    }

    /// Finishes launches whose answer never came, from their journaled steps.
    private func recover(_ items: [PendingSession], _ steps: [Step]) async throws -> PowerReport {
        guard !items.isEmpty else { return PowerReport() }
        let recovery = Recovery(
            aws: context.aws, store: context.store, fleetID: context.fleetID, settings: context.settings,
            keeper: context.keeper, base: context.leases, progress: { _ in })
        return await some(items) { item in
            let lock = LeaseKeeper.operation(item.instance.name)
            do {
                let mine = steps.filter { $0.address == .instance(item.instance.name) }
                for step in mine { try await recovery.settleInstance(step, lock) }
                if mine.isEmpty {
                    // No call was ever journaled for it: there is no machine.
                    var row = item.instance
                    row.state = .planned
                    try await context.journal.write([.putInstance(row)], lock: lock)
                }
                return .underWay
            } catch {
                return .failed(Failure(error))
            }
        }
    }

    // MARK: Some at a time

    enum ItemOutcome: Sendable {
        case underWay
        case failed(Failure)
    }

    /// An item's outcome with its name. (A tuple here is miscompiled by Swift 6.3's optimiser in some shapes.)
    private struct NamedOutcome: Sendable {
        let name: String
        let outcome: ItemOutcome
    }

    /// Why a try failed.
    struct Failure: Sendable {
        let text: String
        /// Whether it is no answer of AWS's, but the lack of one.
        let isUnreachable: Bool

        init(_ error: any Error) {
            text = Journal.text(error)
            isUnreachable = (error as? AWSError)?.transport != nil
        }
    }

    /// Works on items, ``parallelism`` at a time, so that one that hangs does not hold up the rest.
    func some(
        _ items: [PendingSession], _ body: @escaping @Sendable (PendingSession) async -> ItemOutcome
    ) async -> PowerReport {
        var report = PowerReport()
        var queue = items[...]
        await withTaskGroup(of: NamedOutcome.self) { group in
            var running = 0
            while running > 0 || !queue.isEmpty {
                while running < PowerRun.parallelism, let item = queue.popFirst() {
                    group.addTask { NamedOutcome(name: item.instance.name, outcome: await body(item)) }
                    running += 1
                }
                guard let done = await group.next() else { break }
                running -= 1
                switch done.outcome {
                case .underWay: report.underWay += 1
                case .failed(let failure): report.add(failure, of: done.name)
                }
            }
        }
        return report
    }
}

extension Session.Action {
    /// The state that an instance is in while AWS is at it.
    var movingState: InstanceState {
        switch self {
        case .start: .launching
        case .stop: .stopping
        }
    }

    /// The state that it is in when it is done.
    var doneState: InstanceState {
        switch self {
        case .start: .running
        case .stop: .stopped
        }
    }
}
