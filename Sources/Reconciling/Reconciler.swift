import AWSCloud
import Diagnostics
import FleetFiles
import FleetModel
import FleetStore
import Foundation
import LibGit2
import Logging
import Planning
import Scheduling

/// What a person allowed an apply to do (SPEC 3, 5).
public struct ApplyOptions: Sendable {
    /// Terminations and replacements that are allowed; nil is what `guards.max_terminations` says.
    public var allowedTerminations: Int?
    /// Whether a commit may be applied that is an ancestor of the last applied one.
    public var allowsOlderCommit: Bool
    /// How many changes are under way at once; below 1 counts as 1.
    public var parallelism: Int
    /// Asked before each change: true lets what is under way end and begins nothing more.
    public var isStopped: @Sendable () -> Bool

    /// What is allowed without options: the guard's limit, no older commit, ten changes at once.
    public init(
        allowedTerminations: Int? = nil, allowsOlderCommit: Bool = false, parallelism: Int = 10,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.allowedTerminations = allowedTerminations
        self.allowsOlderCommit = allowsOlderCommit
        self.parallelism = parallelism
        self.isStopped = isStopped
    }
}

/// What a plan was made from, kept for the apply that follows.
public struct PlannedState: Sendable {
    /// The plan, and what keeps it from being applied.
    public var result: PlanResult
    /// The files and bots with what was said about them.
    public var reading: DesiredReading
    /// The reading's state, without which there is no plan.
    public var desired: DesiredState
    /// MySQL's rows as the plan saw them.
    public var recorded: RecordedState
    /// AWS's listings as the plan saw them.
    public var observed: ObservedState
    /// The AWS account of the credentials, 12 digits; the fleet's own wherever one is recorded.
    public var account: String
    /// false before the first apply, which marks the bucket as this fleet's.
    public var bucketIsMarked: Bool
}

/// Observes, plans and applies one fleet: the shell around ``Planner``.
public struct Reconciler: Sendable {
    private let loader: DesiredLoader
    private let files: LoadedFleet
    private let settings: FleetSettings
    private let aws: AWS
    private let store: FleetStore
    private let endpoint: String?
    private let logger: Logger

    /// A reconciler of the fleet that the files declare; it opens and closes nothing of what it is given.
    ///
    /// - Parameters:
    ///   - files: the fleet's files as they were read.
    ///   - settings: those of the files.
    ///   - endpoint: the AWS endpoint that instances are told of; nil on AWS.
    public init(
        loader: DesiredLoader, files: LoadedFleet, settings: FleetSettings, aws: AWS, store: FleetStore,
        endpoint: String?, logger: Logger
    ) {
        self.loader = loader
        self.files = files
        self.settings = settings
        self.aws = aws
        self.store = store
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Plans from what is recorded and observed now. Writes nothing.
    ///
    /// - Throws: ``ReconcileFailure/invalid(errors:)`` after `report` was given the errors of files and bots.
    public func plan(
        _ options: PlanOptions, report: @Sendable ([Diagnostic]) -> Void,
        fetching: @escaping @Sendable (String, FetchStage) -> Void = { _, _ in }
    ) async throws -> PlannedState {
        let observer = Observer(aws: aws, settings: settings)
        let recorded = try await store.recordedState(fleet: settings.name)
        let account = try await observer.account(recorded: recorded.fleet)
        let isMarked = try await observer.bucketIsMarked()
        let reading = try await loader.load(files, recorded: recorded, sources: .fetch) { name, progress in
            fetching(name, FetchStage(received: progress.receivedObjects, total: progress.totalObjects))
        }
        guard let desired = reading.desired else {
            report(reading.diagnostics)
            throw ReconcileFailure.invalid(errors: reading.diagnostics.count { $0.severity == .error })
        }
        let observed = try await observer.observe(desired.repository, recorded, images: options.upgradesImages)
        let now = try await store.databaseNow()
        let result = try Planner.plan(
            desired: desired, recorded: recorded, observed: observed, now: now, zones: loader.zones, options: options)
        report((reading.diagnostics + result.diagnostics).sorted())
        return PlannedState(
            result: result, reading: reading, desired: desired, recorded: recorded, observed: observed,
            account: account, bucketIsMarked: isMarked)
    }

    /// Plans under the apply lease, asks, and carries it out.
    ///
    /// - Parameters:
    ///   - saved: a plan from a file, which must still hold; nil plans anew.
    ///   - confirm: shown the plan; false leaves everything as it is.
    /// - Returns: nil where it was not confirmed; a report without changes where there was nothing to do.
    public func apply(
        saved: Plan?, options: ApplyOptions, planOptions: PlanOptions, report: @Sendable ([Diagnostic]) -> Void,
        fetching: @escaping @Sendable (String, FetchStage) -> Void = { _, _ in },
        progress: @escaping @Sendable (ApplyProgress) -> Void, confirm: @Sendable (Plan) async throws -> Bool
    ) async throws -> ApplyReport? {
        let schema = try await store.schemaStatus()
        if !schema.isEmpty { try schema.requireCurrent() }
        // Before anything is written: another account's credentials, another fleet's bucket stop here.
        let known = try await store.recordedState(fleet: settings.name)
        let observer = Observer(aws: aws, settings: settings)
        _ = try await observer.account(recorded: known.fleet)
        _ = try await observer.bucketIsMarked()
        if schema.isEmpty { _ = try await store.migrate() }
        let fleetID = try await store.registerFleet(name: settings.name)
        let keeper = LeaseKeeper(
            store: store, fleetID: fleetID, holder: .current(purpose: LeaseHolder.applyPurpose), logger: logger)
        try await keeper.acquireApply { progress(.waiting($0)) }
        do {
            let result = try await applyUnderLease(
                saved: saved, options: options, planOptions: planOptions, fleetID: fleetID, keeper: keeper,
                report: report, fetching: fetching, progress: progress, confirm: confirm)
            await keeper.close()
            return result
        } catch {
            await keeper.close()
            throw error
        }
    }

    private func applyUnderLease(
        saved: Plan?, options: ApplyOptions, planOptions: PlanOptions, fleetID: Int64, keeper: LeaseKeeper,
        report: @Sendable ([Diagnostic]) -> Void, fetching: @escaping @Sendable (String, FetchStage) -> Void,
        progress: @escaping @Sendable (ApplyProgress) -> Void, confirm: @Sendable (Plan) async throws -> Bool
    ) async throws -> ApplyReport? {
        try await Recovery(
            aws: aws, store: store, fleetID: fleetID, settings: settings, keeper: keeper, progress: progress
        ).run()
        let planned = try await plan(saved?.options ?? planOptions, report: report, fetching: fetching)
        let errors = planned.result.diagnostics.count { $0.severity == .error }
        guard errors == 0 else { throw ReconcileFailure.invalid(errors: errors) }
        var plan = planned.result.plan
        if let saved {
            let moved = plan.addressesThatMoved(since: saved)
            guard moved.isEmpty else { throw ReconcileFailure.stalePlan(moved) }
            plan = plan.restricted(to: saved)
        }
        try await checkGuards(plan, planned, options)
        guard try await confirm(plan) else { return nil }
        guard !plan.isEmpty else {
            try await keepUp(planned, fleetID, keeper)
            return ApplyReport(plan: plan)
        }
        return try await carryOut(plan, planned, options, fleetID: fleetID, keeper: keeper, progress: progress)
    }

    // MARK: Guards

    private func checkGuards(_ plan: Plan, _ planned: PlannedState, _ options: ApplyOptions) async throws {
        let count = plan.terminations
        let limit = options.allowedTerminations ?? settings.guards.maxTerminations
        if count > limit { throw ReconcileFailure.tooManyTerminations(count: count, limit: limit) }
        if plan.leavesNothing(of: planned.recorded), (options.allowedTerminations ?? -1) < count {
            throw ReconcileFailure.leavesNothing(count: count)
        }
        guard !options.allowsOlderCommit, let commit = planned.desired.commit,
            let applied = planned.recorded.fleet?.lastAppliedCommit, applied != commit,
            try await loader.isAncestor(commit, of: applied)
        else { return }
        throw ReconcileFailure.olderCommit(commit: commit, applied: applied)
    }

    // MARK: Carrying out

    private func carryOut(
        _ plan: Plan, _ planned: PlannedState, _ options: ApplyOptions, fleetID: Int64, keeper: LeaseKeeper,
        progress: @escaping @Sendable (ApplyProgress) -> Void
    ) async throws -> ApplyReport {
        guard let lease = try await keeper.held(LeaseKeeper.apply).first else { throw ReconcileFailure.leaseLost }
        let startedAt = try await store.databaseNow()
        let holder = lease.holder
        let applyID = try await store.beginApply(
            ApplyRecord(
                author: planned.reading.author, operatorName: "\(holder.user)@\(holder.host)",
                commit: planned.desired.commit, dirty: planned.desired.dirty,
                summary: try Reconciler.summary(of: plan)), fleetID: fleetID, under: lease)
        let journal = Journal(store: store, fleetID: fleetID, keeper: keeper, applyID: applyID)
        do {
            try await keepUp(planned, fleetID, keeper)
            let context = ApplyContext(
                aws: aws, store: store, fleetID: fleetID, keeper: keeper, journal: journal, settings: settings,
                reading: planned.reading, desired: planned.desired, loader: loader, images: ImageLookup(aws: aws),
                ids: SharedResourceIDs(planned.recorded), endpoint: endpoint, startedAt: startedAt,
                pendingSessions: planned.recorded.pendingSessions,
                newInstances: Set(plan.changes.filter { $0.address.kind == .instance }.map(\.address.key))
                    .subtracting(planned.recorded.instances.keys),
                logger: logger, isStopped: options.isStopped, progress: progress)
            let report = try await ApplyRun(context, plan: plan, parallelism: options.parallelism).run()
            try await journal.write(Reconciler.ending(applyID, report))
            return report
        } catch {
            // The next apply marks this one as interrupted if even this cannot be written.
            try? await journal.write([.finishApply(id: applyID, outcome: .failed, error: Journal.text(error))])
            throw error
        }
    }

    /// What every apply keeps up, whether or not there is anything to change: account, commit, rows as AWS shows them, the bucket's marker.
    private func keepUp(_ planned: PlannedState, _ fleetID: Int64, _ keeper: LeaseKeeper) async throws {
        var rows = Refresh.changes(planned.recorded, planned.observed, now: try await store.databaseNow())
        // The same content from other files: noted, so that the next plan need not build it to know.
        for (bot, bundle) in planned.desired.bundles {
            guard let known = planned.recorded.bundles[bot], known.digest == bundle.digest, known != bundle else {
                continue
            }
            rows.append(.putBundle(bot: bot, bundle))
        }
        if planned.recorded.fleet?.accountID == nil { rows.append(.setAccount(planned.account)) }
        if let commit = planned.desired.commit, commit != planned.recorded.fleet?.lastAppliedCommit {
            rows.append(.setAppliedCommit(commit))
        }
        try await Journal(store: store, fleetID: fleetID, keeper: keeper, applyID: nil).write(rows)
        guard !planned.bucketIsMarked else { return }
        try await BucketMarker.write(
            aws.s3(), bucket: settings.aws.bucket, region: settings.aws.region, fleet: settings.name,
            account: planned.account)
    }

    private static func summary(of plan: Plan) throws -> JSONValue {
        try CanonicalJSON.decode(JSONValue.self, from: try CanonicalJSON.encode(plan.summary))
    }

    private static func ending(_ applyID: Int64, _ report: ApplyReport) -> [RecordChange] {
        let outcome: ApplyRecord.Outcome =
            report.isComplete ? .succeeded : report.failed.isEmpty && !report.notBegun.isEmpty ? .interrupted : .failed
        let errors = report.failed.map { "\($0.address): \($0.error)" }.joined(separator: "\n")
        return [
            .finishApply(id: applyID, outcome: outcome, error: errors.isEmpty ? nil : String(errors.prefix(4000))),
            .event(
                Event(
                    type: "ApplyFinished", subject: "apply.\(applyID)",
                    payload: [
                        "outcome": .string(outcome.rawValue), "done": .integer(report.done.count),
                        "failed": .integer(report.failed.count), "skipped": .integer(report.skipped.count),
                        "stopped": .integer(report.notBegun.count),
                    ])),
        ]
    }
}

/// How far a fetch of a bot source is.
public struct FetchStage: Sendable, Hashable {
    /// Git objects that arrived so far.
    public var received: Int
    /// Git objects that the server announced; 0 before it did.
    public var total: Int
}
