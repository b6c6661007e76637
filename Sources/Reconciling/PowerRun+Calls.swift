import AWSCloud
import FleetModel
import FleetStore

/// Starting and stopping machines that are there, 50 a call.
extension PowerRun {
    func call(_ items: [PendingSession]) async throws -> PowerReport {
        let batches = items.batches(of: PowerRun.batch)
        var report = PowerReport()
        var failure: (any Error)?
        await withTaskGroup(of: Part.self) { group in
            var queue = batches[...]
            var running = 0
            while running > 0 || !queue.isEmpty {
                while running < PowerRun.parallelism, let batch = queue.popFirst() {
                    group.addTask { await part { try await perform(batch) } }
                    running += 1
                }
                guard let done = await group.next() else { break }
                running -= 1
                report.add(done.report)
                failure = failure ?? done.error
            }
        }
        if let failure { throw failure }
        return report
    }

    /// One batch: journaled as a whole, called, halved where AWS refuses it, and settled as a whole.
    private func perform(_ listed: [PendingSession]) async throws -> PowerReport {
        // Its turn may come after that of calls that hung: what was superseded meanwhile is left out.
        let current = try await context.store.pendingSessions(
            fleetID: context.fleetID, instances: listed.map(\.instance.name))
        let wanted = Set(current.map(\.session))
        let items = listed.filter { wanted.contains($0.session) }
        guard !items.isEmpty else { return PowerReport() }
        let locks = items.map { LeaseKeeper.operation($0.instance.name) }
        let journal = context.journal
        let entries = try items.map { item in
            journal.step(
                Journal.Entry(
                    address: .instance(item.instance.name), action: action.call, region: region,
                    request: try CanonicalJSON.encode(["instance_id": item.instance.instanceID])))
        }
        try await journal.write(entries.map { .openStep($0) }, locks: locks)
        // The journal's write took time; a call is only begun while the leases last.
        try await journal.requireLeases(locks)
        let results = await send(items)
        let called = context.store.estimatedNow ?? now
        var report = PowerReport()
        var rows: [RecordChange] = []
        for (item, step) in zip(items, entries) {
            var row = item.instance
            switch results[item.instance.name] {
            case .taken(let type)?:
                row.state = action.movingState
                row.lastError = nil
                if let type { row.instanceType = type }
                rows += [
                    .putInstance(row), .putSession(item.session.called(at: called)),
                    InstanceWorker.event("InstanceStatusUpdated", row, state: row.state),
                    .settleStep(id: step.id, outcome: .done, result: row.instanceID, error: nil),
                ]
                report.underWay += 1
            case .refused(let failure)?:
                row.lastError = failure.text
                let session = item.session.tried(failure.text, at: called)
                rows += [
                    .putInstance(row), .putSession(session),
                    .settleStep(id: step.id, outcome: .failed, result: nil, error: failure.text),
                ]
                report.add(failure, of: row.name)
            case nil:
                rows.append(.settleStep(id: step.id, outcome: .abandoned, result: nil, error: nil))
            }
        }
        try await journal.write(rows, locks: locks)
        if report.underWay > 0 { context.onUnderWay() }
        return report
    }

    /// What AWS said of one instance's start or stop.
    private enum Result: Sendable {
        /// It was taken; with the type that the machine has now, where it had to be changed.
        case taken(type: String?)
        case refused(Failure)
    }

    /// Calls; AWS takes or refuses a call whole, so a refused one is halved until the one at fault stands alone.
    private func send(_ items: [PendingSession]) async -> [String: Result] {
        let ids = items.compactMap(\.instance.instanceID)
        do {
            try await call(ids)
            return Dictionary(
                items.map { ($0.instance.name, .taken(type: nil)) }, uniquingKeysWith: { first, _ in first })
        } catch let error as AWSError where error.concernsInstances && items.count > 1 {
            let middle = items.count / 2
            async let left = send(Array(items[..<middle]))
            async let right = send(Array(items[middle...]))
            return await left.merging(await right) { first, _ in first }
        } catch let error as AWSError where error.isCapacity && action == .start && items.count == 1 {
            return [items[0].instance.name: await startAsAnotherType(items[0], refusal: error)]
        } catch {
            let failure = Failure(error)
            return Dictionary(
                items.map { ($0.instance.name, .refused(failure)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private func call(_ ids: [String]) async throws {
        let ec2 = context.aws.ec2(region: region)
        switch action {
        case .start: _ = try await ec2.startInstances(ids: ids)
        case .stop: _ = try await ec2.stopInstances(ids: ids)
        }
    }

    /// Tries the other types of the deployment's list, in order, for a stopped machine that AWS has no room for.
    private func startAsAnotherType(_ item: PendingSession, refusal: AWSError) async -> Result {
        let row = item.instance
        guard let id = row.instanceID, let text = row.spec,
            let spec = try? CanonicalJSON.decode(InstanceSpec.self, from: text)  // what can't be read names no types
        else { return .refused(Failure(refusal)) }
        let ec2 = context.aws.ec2(region: region)
        var last = refusal
        for type in spec.instanceTypes where type != row.instanceType {
            do {
                try await ec2.setInstanceType(type, of: id)
                _ = try await ec2.startInstances(ids: [id])
                return .taken(type: type)
            } catch let error as AWSError where error.isCapacity {
                last = error
            } catch {
                return .refused(Failure(error))
            }
        }
        return .refused(Failure(last))
    }

    // MARK: What is under way

    /// Looks at what AWS is at, a page of 1,000 at a time, and records what came of it.
    func settle(_ items: [PendingSession]) async throws -> PowerReport {
        guard !items.isEmpty else { return PowerReport() }
        let ec2 = context.aws.ec2(region: region)
        let ids = items.compactMap(\.instance.instanceID)
        var seen: [ObservedInstance]
        do {
            seen = try await ec2.instances(ids: ids)
        } catch let error as AWSError where error.isNotFound {
            // One is unknown, or not known yet, and fails them all: asked for by a filter, it is just not in the answer.
            seen = try await ec2.existingInstances(ids: ids)
        }
        let byID = Dictionary(seen.map { ($0.instanceID, $0) }, uniquingKeysWith: { first, _ in first })
        var report = PowerReport()
        let moment = context.store.estimatedNow ?? now
        for some in items.batches(of: PowerRun.rowsPerWrite) {
            var rows: [RecordChange] = []
            for item in some { rows += settle(item, byID[item.instance.instanceID ?? ""], moment, &report) }
            try await context.journal.write(rows, locks: some.map { LeaseKeeper.operation($0.instance.name) })
        }
        return report
    }

    private func settle(
        _ item: PendingSession, _ found: ObservedInstance?, _ moment: Instant, _ report: inout PowerReport
    ) -> [RecordChange] {
        var row = item.instance
        let since = item.session.calledAt.map { moment - $0 } ?? .max
        // For some seconds after a call a listing may show what was before it, or not show a new machine at all.
        let isFresh = since < PowerRun.staleness * Int(context.store.fleetClock.rate)
        guard let found else {
            if isFresh || since < PowerRun.invisibility * Int(context.store.fleetClock.rate) {
                report.underWay += 1
                return []
            }
            return failed(item, row, "AWS does not list \(row.instanceID ?? "it")", moment, &report)
        }
        let before = row
        row.observe(found)
        if found.state == action.doneState {
            row.lastError = nil
            let session = item.session.succeeded(at: moment)
            report.succeeded += 1
            return [.putSession(session), .event(session.event)] + changed(row, from: before, always: true)
        }
        if found.state == action.movingState || found.state == .stopping || (isFresh && found.state.isAlive) {
            report.underWay += 1
            return isFresh && found.state != action.movingState ? [] : changed(row, from: before, always: false)
        }
        if found.state.isAlive {
            let reason = found.stateReason.map { ": \($0)" } ?? ""
            return failed(item, row, "\(found.instanceID) is \(found.state.rawValue) again\(reason)", moment, &report)
        }
        // Terminated under way: a start makes another machine at its next try, a stop has nothing left to do.
        row.state = .lost
        let reason = "\(found.instanceID) was terminated\(found.stateReason.map { ": \($0)" } ?? "")"
        if action == .start { return failed(item, row, reason, moment, &report) }
        row.lastError = reason
        let session = item.session.skipped(reason)
        report.skipped += 1
        return [.putSession(session), .event(session.event)] + changed(row, from: before, always: true)
    }

    private func failed(
        _ item: PendingSession, _ row: RecordedInstance, _ reason: String, _ moment: Instant,
        _ report: inout PowerReport
    ) -> [RecordChange] {
        var failed = row
        failed.lastError = reason
        report.failed += 1
        report.errors[row.name] = reason
        return [.putSession(item.session.tried(reason, at: moment))]
            + changed(failed, from: item.instance, always: true)
    }

    private func changed(_ row: RecordedInstance, from before: RecordedInstance, always: Bool) -> [RecordChange] {
        guard always || row != before else { return [] }
        guard row.state != before.state else { return [.putInstance(row)] }
        return [.putInstance(row), InstanceWorker.event("InstanceStatusUpdated", row, state: row.state)]
    }

    /// Instances whose rows are written in one transaction.
    private static let rowsPerWrite = 1_000
    /// Seconds for which a listing may lag behind a start or stop.
    private static let staleness = 20
    /// Seconds for which AWS may not know a machine that it has just launched.
    private static let invisibility = 300
}

extension Session.Action {
    /// The EC2 call.
    var call: String {
        switch self {
        case .start: "StartInstances"
        case .stop: "StopInstances"
        }
    }
}

extension AWSError {
    /// Whether AWS refused a call for what it says of some of its instances, so that the others may be taken without them.
    var concernsInstances: Bool {
        !mayHaveTakenEffect && !isThrottling && !isUnreachable && !isCredentials && !isUnauthorized && status != nil
            && (status ?? 500) < 500 || isCapacity
    }
}
