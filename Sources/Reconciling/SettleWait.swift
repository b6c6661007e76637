import AWSCloud
import FleetModel
import FleetStore
import Planning

/// Waits for all that is on its way in a region at once, and records how each ended.
struct SettleWait: Sendable {
    let context: ApplyContext
    /// How long instances may take together; EC2's own waiters give up after ten minutes.
    static let deadline: Duration = .seconds(600)
    /// How long a listing may lag behind a start.
    private static let staleness: Duration = .seconds(20)

    /// Waits for these instances; gives back the errors of those that did not get there, by name.
    func wait(for items: [Settling]) async -> [String: any Error] {
        var errors: [String: any Error] = [:]
        for (region, items) in Dictionary(grouping: items, by: \.region) {
            for power in [PowerState.running, .stopped, nil] {
                let group = items.filter { $0.power == power }
                guard !group.isEmpty else { continue }
                let found = await wait(group, region: region, power: power)
                errors.merge(found) { first, _ in first }
            }
        }
        return errors
    }

    private func wait(_ items: [Settling], region: String, power: PowerState?) async -> [String: any Error] {
        let ec2 = context.aws.ec2(region: region)
        let ids = items.map(\.instanceID)
        do {
            let seen: [ObservedInstance]
            switch power {
            case .running: seen = try await running(ids, ec2)
            case .stopped:
                seen = try await ec2.waitForState(
                    ids: ids, states: [.stopped, .terminated, .terminating], deadline: SettleWait.deadline)
            case nil:
                seen = try await ec2.waitForState(ids: ids, states: [.terminated], deadline: SettleWait.deadline)
            }
            guard power != nil else { return [:] }
            return try await record(items, seen)
        } catch let error as AWSError where error.code == .waitTimedOut && power != nil {
            return await late(items, ec2, error)
        } catch {
            return Dictionary(items.map { ($0.name, error) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Some did not get there in time: those that did are recorded, the others keep their pending sessions.
    private func late(_ items: [Settling], _ ec2: EC2, _ timeout: AWSError) async -> [String: any Error] {
        do {
            let seen = try await ec2.existingInstances(ids: items.map(\.instanceID))
            let there = Set(
                seen.filter { found in
                    items.contains { $0.instanceID == found.instanceID && $0.power == found.state.power }
                        && found.state != .launching && found.state != .stopping
                }.map(\.instanceID))
            var errors = try await record(items.filter { there.contains($0.instanceID) }, seen)
            for item in items where !there.contains(item.instanceID) { errors[item.name] = timeout }
            return errors
        } catch {
            return Dictionary(items.map { ($0.name, timeout) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Waits for running. Right after a start AWS may still show `stopped`; later that means that the start fell back.
    private func running(_ ids: [String], _ ec2: EC2) async throws -> [ObservedInstance] {
        let ends: Set<InstanceState> = [.running, .terminated, .terminating]
        do {
            return try await ec2.waitForState(ids: ids, states: ends, deadline: SettleWait.staleness)
        } catch let error as AWSError where error.code == .waitInVain {
            return try await ec2.waitForState(ids: ids, states: ends.union([.stopped]), deadline: SettleWait.deadline)
        }
    }

    /// Records what came of them, some at a time under their operation locks; one that another works on now is left to it.
    private func record(_ items: [Settling], _ seen: [ObservedInstance]) async throws -> [String: any Error] {
        let byID = Dictionary(seen.map { ($0.instanceID, $0) }, uniquingKeysWith: { first, _ in first })
        var errors: [String: any Error] = [:]
        for some in items.batches(of: SettleWait.rowsPerWrite) {
            let attempts = try await context.keeper.acquire(some.map { LeaseKeeper.operation($0.name) })
            let mine = some.filter { item in
                if case .acquired = attempts[LeaseKeeper.operation(item.name)] { true } else { false }
            }
            let locks = mine.map { LeaseKeeper.operation($0.name) }
            do {
                try await record(mine, byID, locks, &errors)
                await context.keeper.release(locks)
            } catch {
                await context.keeper.release(locks)
                throw error
            }
        }
        return errors
    }

    /// Rows that are read and written together.
    private static let rowsPerWrite = 500

    private func record(
        _ items: [Settling], _ seen: [String: ObservedInstance], _ locks: [String], _ errors: inout [String: any Error]
    ) async throws {
        let rows = try await context.store.instances(fleetID: context.fleetID, names: items.map(\.name))
        let byName = Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let now = try await context.store.databaseNow()
        var changes: [RecordChange] = []
        for item in items {
            guard let found = seen[item.instanceID], var row = byName[item.name], row.instanceID == item.instanceID
            else { continue }
            row.observe(found)
            if found.state == (item.power == .running ? .running : .stopped) {
                row.lastError = nil
                if let session = item.session { changes.append(.putSession(session.succeeded(at: now))) }
            } else {
                let failure = ReconcileFailure.fellBack(
                    instance: item.name, state: found.state.rawValue, reason: found.stateReason)
                row.lastError = failure.summary
                errors[item.name] = failure
                if let session = item.session { changes.append(.putSession(session.tried(failure.summary, at: now))) }
            }
            changes.append(.putInstance(row))
            changes.append(InstanceWorker.event("InstanceStatusUpdated", row, state: row.state))
        }
        try await context.journal.write(changes, locks: locks)
    }
}
