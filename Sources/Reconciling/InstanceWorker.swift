import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import Planning

/// An instance whose state in AWS is on its way, and what it is to become.
struct Settling: Sendable {
    var name: String
    var instanceID: String
    var region: String
    /// What it is to become; nil for gone.
    var power: PowerState?
    var session: Session?
}

/// Carries out one instance's change under its operation lock.
///
/// It ends when AWS took the call, not when the machine is there: what is on its way is given back as ``Settling``, and
/// one wait for all of them follows, a page of a thousand at a time.
struct InstanceWorker: Sendable {
    let context: ApplyContext
    let change: Change
    let operation: InstanceOperation

    var journal: Journal { context.journal }
    var lock: String { LeaseKeeper.operation(operation.name) }

    func perform() async throws -> Settling? {
        guard case .acquired = try await acquire() else { return nil }
        do {
            let result = try await carryOut()
            await context.keeper.release(lock)
            return result
        } catch {
            await context.keeper.release(lock)
            throw error
        }
    }

    private func acquire() async throws -> LeaseAttempt {
        let attempt = try await context.keeper.acquire(lock)
        if case .held(let other) = attempt { throw ReconcileFailure.busy(instance: operation.name, other) }
        return attempt
    }

    private func carryOut() async throws -> Settling? {
        // Read under the lock: what planning saw may be older than another's finished work.
        let row = try await context.store.instance(fleetID: context.fleetID, name: operation.name)
        // A runner may have launched it while a person thought the plan over: a launch is what was wanted then; anything
        // else was decided about another machine.
        if let row, row.managed, row.generation != operation.plannedGeneration ?? 0 {
            if operation.kind == .launch, row.state.isAlive { return nil }
            throw ReconcileFailure.notReady("'\(row.name)' was launched anew since the plan", hint: "apply again")
        }
        switch operation.kind {
        case .record:
            try await record(row)
            return nil
        case .launch: return try await launch(row)
        case .update(let update): return try await self.update(row, update)
        case .replace(let instanceID, let region, let launches):
            let cleared = try await terminate(row, instanceID: instanceID, region: region, forgets: false)
            if launches { return try await launch(cleared) }
            try await record(cleared)
            return nil
        case .terminate(let instanceID, let region):
            _ = try await terminate(row, instanceID: instanceID, region: region, forgets: true)
            return instanceID.map {
                Settling(name: operation.name, instanceID: $0, region: region, power: nil, session: nil)
            }
        case .adopt(let instanceID, let update): return try await adopt(row, instanceID, update)
        }
    }

    // MARK: Rows

    /// The row with the operation's spec, to be launched by its first start.
    private func record(_ row: RecordedInstance?) async throws {
        guard let spec = operation.spec else { return }
        var planned = try blank(row, spec)
        planned.state = .planned
        planned.spec = try CanonicalJSON.encode(spec)
        try await journal.write([.putInstance(planned)], lock: lock)
    }

    /// The row there is, or a new one of the operation's name.
    func blank(_ row: RecordedInstance?, _ spec: InstanceSpec) throws -> RecordedInstance {
        var result = row ?? RecordedInstance(name: operation.name, region: spec.region, user: spec.user)
        result.deployment = operation.deployment
        result.managed = true
        result.region = spec.region
        result.user = spec.user
        result.bot = spec.bot
        return result
    }

    // MARK: Parameters

    /// Writes params.json with the next version, and gives the row that says so.
    func writeParameters(_ row: RecordedInstance, _ spec: InstanceSpec) async throws -> RecordedInstance {
        try await launcher.writeParameters(row, spec, bot: context.desired.bots[spec.bot])
    }

    // MARK: Termination

    /// Terminates a machine and forgets the row, or keeps it cleared for the launch that follows.
    private func terminate(
        _ row: RecordedInstance?, instanceID: String?, region: String, forgets: Bool
    ) async throws -> RecordedInstance? {
        guard var row else { return nil }
        var cleared = row
        cleared.state = .planned
        cleared.instanceID = nil
        cleared.clientToken = nil
        cleared.publicIP = nil
        cleared.privateIP = nil
        cleared.launchedAt = nil
        cleared.lastError = nil
        cleared.endUpTime(at: context.store.estimatedNow)
        let after: [RecordChange] = forgets ? [.delete(change.address)] : [.putInstance(cleared)]
        guard let instanceID else {
            if forgets { try await removeParameters() }
            try await journal.write(after, lock: lock)
            return forgets ? nil : cleared
        }
        report("terminating \(instanceID)")
        row.state = .terminating
        try await journal.perform(
            Journal.Entry(
                address: change.address, action: "TerminateInstances", region: region,
                request: try CanonicalJSON.encode(TerminationRequest(instanceID: instanceID, forgets: forgets)),
                opening: [.putInstance(row)]),
            lock: lock,
            call: {
                do {
                    _ = try await context.aws.ec2(region: region).terminateInstances(ids: [instanceID])
                } catch let error as AWSError where error.isNotFound {
                    // Gone is what was wanted.
                }
                if forgets { try await removeParameters() }
            },
            settled: { [row] _ in
                (after + [InstanceWorker.event("InstanceStatusUpdated", row, state: .terminated)], instanceID)
            })
        return forgets ? nil : cleared
    }

    private func removeParameters() async throws {
        try await context.aws.s3().deleteObject(
            bucket: context.settings.aws.bucket, key: ParametersDocument.key(instance: operation.name))
    }

    // MARK: Adoption

    private func adopt(
        _ row: RecordedInstance?, _ instanceID: String, _ update: InstanceUpdate
    ) async throws -> Settling? {
        guard let spec = operation.spec else { return nil }
        let ec2 = context.aws.ec2(region: spec.region)
        guard let seen = try await ec2.existingInstances(ids: [instanceID]).first, seen.state.isAlive else {
            throw ReconcileFailure.notReady("\(instanceID) is not there any more", hint: "plan again")
        }
        var adopted = try blank(row, spec)
        adopted.observe(seen)
        adopted.storageGB = try await rootVolume(of: seen, ec2)?.sizeGB ?? spec.storageGB
        adopted = try await writeParameters(adopted, spec)
        adopted.spec = try CanonicalJSON.encode(spec)
        try await apply(update, to: seen, spec)
        try await journal.write(
            [.putInstance(adopted), InstanceWorker.event("InstanceStatusUpdated", adopted, state: adopted.state)],
            lock: lock)
        return try await bring(adopted, seen)
    }

    // MARK: Telling

    func report(_ text: String) { context.progress(.doing(change, text)) }

    static func event(_ type: String, _ row: RecordedInstance, state: InstanceState) -> RecordChange {
        .event(
            Event(
                type: type, subject: Address.instance(row.name).description,
                payload: [
                    "name": .string(row.name), "state": .string(state.rawValue), "user": .string(row.user),
                    "region": .string(row.region), "instance_id": row.instanceID.map { .string($0) } ?? .null,
                ]))
    }
}

/// A journaled TerminateInstances.
struct TerminationRequest: Codable, Hashable {
    var instanceID: String
    /// Whether the row goes too; else it waits for the launch that replaces it.
    var forgets: Bool
    /// Whether a person asked for it, so that nothing replaces it; nil in steps of plans.
    var isDeliberate: Bool?
}
