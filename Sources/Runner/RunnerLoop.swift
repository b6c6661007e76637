import AWSCloud
import Duties
import FleetModel
import FleetStore
import Foundation
import Logging
import Reconciling
import Scheduling

/// The runner's clock: which duty is due, in which regions, and what is in flight.
///
/// Duties begin at whole multiples of their interval by the fleet's clock (a schedule's 08:00 is a whole minute), each in a
/// task of its own, so that one that hangs holds up neither the other duties nor its own next run: the instances that it
/// works on are locked, and the next run leaves them to it.
actor RunnerLoop {
    /// Runs of one duty that may be in flight at once; beyond that the next one is left out and said.
    private static let mostRuns = 4
    /// Jobs that one runner does at once.
    private static let mostJobs = 4
    /// How soon what AWS is at is looked at again, before the next tick does.
    private static let look: Duration = .seconds(5)
    /// For how long ticks may fail before its regions are given up.
    private static let patience: Duration = .seconds(30)
    /// The longest sleep, so that a wish to stop is seen soon.
    private static let nap: Duration = .milliseconds(200)

    private let options: RunnerOptions
    private let store: FleetStore
    private let keeper: LeaseKeeper
    private let book: ScheduleBook
    private let state: RunnerState
    private let logger: Logger
    private let presence: String
    private let name: String
    private let fleetID: Int64
    private var regions: [String]
    private var session: FleetSession
    private let counters: CounterBox

    private var lastGoodStep = ContinuousClock.now
    private var nextDue: [DutyName: Instant] = [:]
    private var nextLook: [DutyName: ContinuousClock.Instant] = [:]
    private var nextPoll = ContinuousClock.now
    private var nextJobs = ContinuousClock.now
    /// Jobs that are being done, taken under ``claim``.
    private var jobs: Set<Int64> = []
    private let claim: String
    private var runs: [DutyName: Int] = [:]
    private var finished: [RecordedDuty] = []
    private var tasks: [UUID: Task<Void, Never>] = [:]

    init(_ options: RunnerOptions, store: FleetStore, records: RunnerRecords, state: RunnerState) throws {
        let holder = LeaseHolder.current(purpose: "botfleet run")
        self.options = options
        self.store = store
        self.state = state
        self.logger = options.logger
        self.name = records.fleet.name
        self.fleetID = records.fleet.id
        self.regions = records.regions
        self.presence = "runner/\(holder.id)"
        self.claim = holder.id
        self.book = ScheduleBook(zones: options.zones)
        self.keeper = LeaseKeeper(
            store: store, fleetID: records.fleet.id, holder: holder, logger: options.logger,
            seconds: Runner.leaseSeconds, renewal: Runner.renewal)
        self.session = try FleetSession(
            records.fleet, store: store, keeper: keeper, book: book, environment: options.environment,
            folder: options.folder,
            logger: options.logger)
        self.counters = CounterBox(session.aws.requests)
    }

    /// Requests to AWS so far, by operation.
    nonisolated var requests: @Sendable () -> [String: Int] {
        let counters = self.counters
        return { counters.counts }
    }

    /// Does duties until it is told to stop, then waits for what is in flight and gives the leases back.
    func run() async {
        while !options.isStopped() {
            do {
                try await step()
                lastGoodStep = .now
            } catch {
                note(error, "a tick failed; trying again")
                if ContinuousClock.now - lastGoodStep > RunnerLoop.patience { await stepAside() }
                await sleep(Runner.pause)
            }
            await sleep(untilNext())
        }
        await drain()
    }

    /// Lets others have its regions: it could do nothing for them for a while.
    private func stepAside() async {
        let held = await keeper.heldNames
        guard !held.isEmpty else { return }
        logger.error("its regions are given to others", metadata: ["leases": "\(held.sorted().joined(separator: " "))"])
        await keeper.release(held.filter { !$0.hasPrefix("instance/") }.sorted())
        state.update { $0.regions = [] }
    }

    // MARK: Ticks

    private func step() async throws {
        let now = try await fleetNow()
        if ContinuousClock.now >= nextPoll {
            nextPoll = .now + Runner.poll
            if await lacksSomething() { try await balance() }
        }
        try await takeJobs(now)
        let due = KnownDuties.ofRunner.filter { nextDue[$0.name].map { $0 <= now } ?? true }
        let looks = KnownDuties.ofRunner.filter { duty in
            guard let at = nextLook[duty.name], !due.contains(where: { $0.name == duty.name }) else { return false }
            return at <= .now
        }
        if !due.isEmpty { try await tick(due, now) }
        for duty in looks {
            nextLook[duty.name] = nil
            begin(duty, regions: await regions(of: duty), at: now, isTick: false)
        }
    }

    private func tick(_ due: [any Duty], _ now: Instant) async throws {
        let lateness = due.compactMap { nextDue[$0.name].map { now - $0 } }.max()
        try await refresh()
        let held = await heldRegions()
        state.update { $0.regions = Set(held) }
        var recorded = (recorded: 0, errors: [String: String]())
        if !held.isEmpty, due.contains(where: { $0.name == .start || $0.name == .stop }) {
            recorded = try await DueRecorder(session.context).record(regions: held, now: now)
        }
        if recorded.recorded > 0 {
            logger.info("transitions are due", metadata: ["sessions": "\(recorded.recorded)"])
        }
        for (address, error) in recorded.errors.sorted(by: { $0.key < $1.key }) {
            logger.error("transitions cannot be told", metadata: ["address": "\(address)", "error": "\(error)"])
        }
        for duty in due {
            let interval = Int64(session.interval(of: duty.name).seconds)
            nextDue[duty.name] = Instant(seconds: (now.seconds / interval + 1) * interval)
            nextLook[duty.name] = nil
            begin(
                duty, regions: await regions(of: duty), at: now, isTick: true,
                errors: duty.name == .start ? recorded.errors : [:])
        }
        let interval = KnownDuties.ofRunner.map { session.interval(of: $0.name).seconds }.min() ?? 60
        let real = store.fleetClock.duration(seconds: Double(interval))
        state.update { state in
            state.databaseError = nil
            state.lastTickAt = .now
            state.tickInterval = real
            state.lateness = lateness ?? state.lateness
        }
    }

    /// Begins a run of a duty in a task of its own.
    private func begin(
        _ duty: any Duty, regions: [String], at now: Instant, isTick: Bool, errors: [String: String] = [:]
    ) {
        guard !regions.isEmpty else { return }
        // A duty of the whole fleet knows of its earlier run by nothing but this; regions' duties lock what they work on.
        let most = duty.scope == .fleet ? 1 : RunnerLoop.mostRuns
        guard runs[duty.name, default: 0] < most else {
            logger.log(
                level: duty.scope == .fleet ? .info : .warning,
                "earlier runs have not ended; this one is left out", metadata: ["duty": "\(duty.name.rawValue)"])
            return
        }
        runs[duty.name, default: 0] += 1
        let id = UUID()
        var watched = session.context
        let name = duty.name
        watched.power.onUnderWay = { [weak self] in Task { await self?.lookSoon(name) } }
        let context = watched
        tasks[id] = Task { [weak self] in
            let began = ContinuousClock.now
            var outcome: DutyOutcome
            do {
                outcome = try await duty.run(in: context, regions: regions, at: now)
            } catch {
                outcome = DutyOutcome()
                for region in regions { outcome.errors[region] = DutyOutcome.text(error) }
                await self?.note(error, "a duty failed")
            }
            outcome.errors.merge(errors) { first, _ in first }
            await self?.end(duty, id, outcome, regions, now, took: ContinuousClock.now - began, isTick: isTick)
        }
    }

    private func end(
        _ duty: any Duty, _ id: UUID, _ outcome: DutyOutcome, _ regions: [String], _ now: Instant, took: Duration,
        isTick: Bool
    ) async {
        tasks[id] = nil
        runs[duty.name, default: 1] -= 1
        let (seconds, attoseconds) = took.components
        state.count(duty.name, outcome, seconds: Double(seconds) + Double(attoseconds) / 1e18)
        let report = outcome.report
        if report.underWay > 0 { lookSoon(duty.name) }
        if outcome.changed + outcome.recorded > 0 {
            logger.info(
                "duty done",
                metadata: [
                    "duty": "\(duty.name.rawValue)", "changed": "\(outcome.changed)", "enforced": "\(outcome.recorded)",
                ])
        }
        if report != PowerReport() {
            logger.info(
                "duty done",
                metadata: [
                    "duty": "\(duty.name.rawValue)", "succeeded": "\(report.succeeded)",
                    "under_way": "\(report.underWay)", "failed": "\(report.failed)", "skipped": "\(report.skipped)",
                    "locked": "\(report.locked)",
                ])
        }
        for (instance, error) in report.errors.sorted(by: { $0.key < $1.key }).prefix(20) {
            logger.warning(
                "it will be tried again",
                metadata: ["duty": "\(duty.name.rawValue)", "instance": "\(instance)", "error": "\(error)"])
        }
        for note in outcome.notes.prefix(20) {
            logger.notice("\(note)", metadata: ["duty": "\(duty.name.rawValue)"])
        }
        for (region, error) in outcome.errors.sorted(by: { $0.key < $1.key }) {
            logger.error(
                "duty failed",
                metadata: ["duty": "\(duty.name.rawValue)", "region": "\(region)", "error": "\(error)"])
        }
        let unreachable = report.unreachable ?? outcome.unreachable
        if let unreachable {
            state.update { $0.awsError = unreachable }
        } else if report.succeeded + report.underWay > 0 {
            state.update { $0.awsError = nil }
        }
        guard isTick else { return }
        let ended = store.estimatedNow ?? now
        finished += outcome.records(
            of: duty, regions: regions, startedAt: now, finishedAt: max(now, ended), nextAt: nextDue[duty.name])
        if runs.values.allSatisfy({ $0 == 0 }) { await flush() }
    }

    /// Has what AWS is at looked at before the next tick does.
    private func lookSoon(_ duty: DutyName) {
        if nextLook[duty] == nil { nextLook[duty] = .now + RunnerLoop.look }
    }

    /// Writes how duties went, of both in one statement.
    private func flush() async {
        let rows = finished
        finished = []
        do {
            try await store.record(rows, fleetID: fleetID)
        } catch {
            note(error, "how duties went could not be recorded")
        }
    }

    // MARK: Jobs

    /// Takes jobs from the queue, a few at a time.
    private func takeJobs(_ now: Instant) async throws {
        guard ContinuousClock.now >= nextJobs, jobs.count < RunnerLoop.mostJobs else { return }
        nextJobs = .now + Runner.jobPoll
        let taken = try await store.claimJobs(
            fleetID: fleetID, now: now, holding: await keeper.heldNames.sorted(), claim: claim,
            limit: RunnerLoop.mostJobs - jobs.count)
        for job in taken where jobs.insert(job.id).inserted {
            let id = UUID()
            let run = JobRun(session.context, claim: claim) { [logger] progress in
                let metadata: Logger.Metadata = ["job": "\(job.id)"]
                switch progress {
                case .doing(let text): logger.debug("\(text)", metadata: metadata)
                case .done(let text): logger.info("\(text)", metadata: metadata)
                case .note(let text): logger.notice("\(text)", metadata: metadata)
                case .failed(let subject, let error):
                    logger.warning(
                        "it could not be done",
                        metadata: ["job": "\(job.id)", "subject": "\(subject)", "error": "\(DutyOutcome.text(error))"])
                }
            }
            tasks[id] = Task { [weak self] in
                do {
                    let outcome = try await run.run(job)
                    await self?.ended(job, id, outcome)
                } catch {
                    await self?.note(error, "a job's outcome could not be recorded; it will be taken up again")
                    await self?.ended(job, id, nil)
                }
            }
        }
        // More may wait than were taken.
        if !taken.isEmpty { nextJobs = .now }
    }

    private func ended(_ job: Job, _ id: UUID, _ outcome: Job.Outcome?) {
        tasks[id] = nil
        jobs.remove(job.id)
        nextJobs = .now
        guard let outcome else { return }
        logger.log(
            level: outcome == .failed ? .error : .info, "job \(outcome.rawValue)",
            metadata: [
                "job": "\(job.id)", "kind": "\(job.request.kind.rawValue)", "attempt": "\(job.attempts)",
            ])
        // A start or stop that it recorded is not left until the next whole minute.
        switch job.request.kind {
        case .start, .restore: lookSoon(.start)
        case .stop: lookSoon(.stop)
        case .restart, .terminate, .sync, .allowIP, .closeIP: break
        }
    }

    // MARK: Who does what

    /// Reads what applies changed, and shares regions with the other runners.
    private func refresh() async throws {
        if !finished.isEmpty { await flush() }
        guard let records = try await store.runnerRecords(fleet: name) else { return }
        regions = records.regions
        if records.fleet.settings.revision != session.revision {
            session = try FleetSession(
                records.fleet, store: store, keeper: keeper, book: book, environment: options.environment,
                folder: options.folder,
                logger: logger)
            counters.add(session.aws.requests)
            logger.info("settings were applied anew", metadata: ["revision": "\(session.revision)"])
        }
        try await balance()
    }

    private func heldRegions() async -> [String] {
        let held = await keeper.heldNames
        return regions.filter { held.contains(DutyContext.schedulingLease(region: $0)) }
    }

    /// Where a duty is done by this runner: its own regions, or for a duty of the whole fleet all of them or none.
    private func regions(of duty: any Duty) async -> [String] {
        switch duty.scope {
        case .region: await heldRegions()
        case .fleet: await keeper.heldNames.contains(DutyContext.fleetLease) ? regions : []
        }
    }

    private func lacksSomething() async -> Bool {
        let held = await heldRegions()
        let heldNames = await keeper.heldNames
        return held.count < regions.count || !heldNames.contains(DutyContext.fleetLease)
    }

    /// Takes free regions up to a fair share, and gives back what is beyond it: regions over runners, rounded up.
    private func balance() async throws {
        if await !keeper.heldNames.contains(presence) { _ = try await keeper.acquire(presence) }
        let leases = try await store.leases(fleetID: fleetID)
        let runners = Set(leases.map(\.name).filter { $0.hasPrefix("runner/") }).union([presence])
        let share = max(1, (regions.count + runners.count - 1) / runners.count)
        let held = await keeper.heldNames
        let taken = Set(leases.map(\.name))
        if !taken.contains(DutyContext.fleetLease), !held.contains(DutyContext.fleetLease),
            case .acquired = try await keeper.acquire(DutyContext.fleetLease)
        {
            logger.info("the fleet's own duties are taken", metadata: ["lease": "\(DutyContext.fleetLease)"])
        }
        let mine = regions.filter { held.contains(DutyContext.schedulingLease(region: $0)) }
        if mine.count > share, tasks.isEmpty {
            let surplus = mine.dropFirst(share).map(DutyContext.schedulingLease)
            logger.info(
                "regions are given to another runner", metadata: ["leases": "\(surplus.joined(separator: " "))"])
            await keeper.release(Array(surplus))
        } else if mine.count < share {
            let free = regions.map(DutyContext.schedulingLease).filter { !taken.contains($0) && !held.contains($0) }
            let attempts = try await keeper.acquire(Array(free.prefix(share - mine.count)))
            for case .acquired(let lease) in attempts.values {
                logger.info("a region is taken", metadata: ["lease": "\(lease.name)"])
                // Whoever had it may be dead for a while: what came due since is not left until the next whole minute.
                nextDue[.start] = nil
                nextDue[.stop] = nil
            }
        }
    }

    // MARK: Time

    private func fleetNow() async throws -> Instant {
        if let now = store.estimatedNow { return now }
        return try await store.databaseNow()
    }

    private func untilNext() -> Duration {
        guard let now = store.estimatedNow, let next = nextDue.values.min() else { return RunnerLoop.nap }
        return max(.milliseconds(10), min(RunnerLoop.nap, store.fleetClock.duration(seconds: Double(next - now))))
    }

    private func sleep(_ duration: Duration) async {
        // Nobody cancels the loop; it ends by its own condition.
        try? await Task.sleep(for: duration)
    }

    // MARK: Trouble and the end

    private func note(_ error: any Error, _ what: String) {
        let text = DutyOutcome.text(error)
        logger.error("\(what)", metadata: ["error": "\(text)"])
        if FleetStore.isDatabaseError(error) { state.update { $0.databaseError = text } }
    }

    private func drain() async {
        state.update { $0.isDraining = true }
        logger.notice("draining: what is in flight ends first", metadata: ["runs": "\(tasks.count)"])
        let deadline = ContinuousClock.now + Runner.drain
        while !tasks.isEmpty, ContinuousClock.now < deadline { await sleep(.milliseconds(50)) }
        if !tasks.isEmpty {
            logger.warning(
                "not all of it ended in time; another runner finishes it", metadata: ["runs": "\(tasks.count)"])
        }
        await flush()
        await keeper.close()
    }
}
