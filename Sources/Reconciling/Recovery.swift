import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import Planning

/// Finishes or undoes what an apply that died had begun, from its journal (SPEC 5).
///
/// A launch is looked for by its tags first; where they find nothing, its request is repeated byte for byte, so that
/// AWS, which knows the client token, gives the instance that is there but not listed yet, or makes the one that never
/// was. Everything else may simply be done again: the plan that follows sees what is missing.
struct Recovery: Sendable {
    let aws: AWS
    let store: FleetStore
    let fleetID: Int64
    let settings: FleetSettings
    let keeper: LeaseKeeper
    /// The leases under which it writes, besides the operation locks.
    var base = [LeaseKeeper.apply]
    let progress: @Sendable (ApplyProgress) -> Void

    private var journal: Journal {
        Journal(store: store, fleetID: fleetID, keeper: keeper, applyID: nil, base: base)
    }

    /// Settles every open step; steps of instances that another works on now are left to it.
    func run() async throws {
        try await releaseDeadLocks()
        try await endDeadApplies()
        for step in try await store.openSteps(fleetID: fleetID) {
            progress(.recovering(step))
            guard step.address.kind == .instance else {
                try await settle(step)
                continue
            }
            let lock = LeaseKeeper.operation(step.address.key)
            guard case .acquired = try await keeper.acquire(lock) else { continue }
            do {
                try await settleInstance(step, lock)
                await keeper.release(lock)
            } catch {
                await keeper.release(lock)
                throw error
            }
        }
    }

    /// Applies that never ended: we hold the apply lease, so nobody carries them out any more.
    private func endDeadApplies() async throws {
        let dead = try await store.applies(fleetID: fleetID, limit: Recovery.lookback).filter { $0.finishedAt == nil }
        try await journal.write(dead.map { .finishApply(id: $0.id, outcome: .interrupted, error: nil) })
    }

    /// How many applies are looked at; each that is carried out ends those before it.
    private static let lookback = 10

    /// Operation locks of applies: we hold the apply lease, so whoever held them is dead.
    private func releaseDeadLocks() async throws {
        let ours = try await keeper.held(LeaseKeeper.apply)
        let dead = try await store.leases(fleetID: fleetID).filter { lease in
            lease.name != LeaseKeeper.apply && lease.holder.purpose == LeaseHolder.applyPurpose
                && lease.holder.id != ours.first?.holder.id
        }
        try await store.releaseLeases(dead)
    }

    // MARK: Instances

    /// Settles an open step of an instance whose operation lock is held.
    func settleInstance(_ step: Step, _ lock: String) async throws {
        switch step.action {
        case "RunInstances": try await settleLaunch(step, lock)
        case "TerminateInstances": try await settleTermination(step, lock)
        default:
            // Starts, stops and changes in place: the plan that follows sees what is missing.
            try await close(step, .abandoned, lock: lock)
        }
    }

    private func settleLaunch(_ step: Step, _ lock: String) async throws {
        guard var row = try await store.instance(fleetID: fleetID, name: step.address.key),
            row.clientToken == step.clientToken
        else {
            try await close(step, .abandoned, lock: lock)
            return
        }
        let request = try CanonicalJSON.decode(RunInstancesRequest.self, from: step.request)
        let ec2 = aws.ec2(region: step.region)
        do {
            let seen: ObservedInstance
            if let found = try await find(row, ec2) {
                seen = found
            } else {
                seen = try await ec2.runInstances(request)
            }
            let key = row.keyName
            row.observe(seen)
            row.keyName = key ?? seen.keyName
            try await journal.write(
                [
                    .putInstance(row), InstanceWorker.event("InstanceLaunched", row, state: row.state),
                    .settleStep(id: step.id, outcome: .done, result: seen.instanceID, error: nil),
                ], lock: lock)
        } catch let error as AWSError where !error.mayHaveTakenEffect && !error.isUnreachable && !error.isCredentials {
            // AWS refuses it for good, or its instance is terminated already: the name is free for the next launch.
            row.state = .planned
            row.instanceID = nil
            row.lastError = Journal.text(error)
            try await journal.write(
                [
                    .putInstance(row),
                    .settleStep(id: step.id, outcome: .failed, result: nil, error: Journal.text(error)),
                ], lock: lock)
        }
    }

    /// The instance of a launch, by fleet, name and generation; the oldest where there are several.
    private func find(_ row: RecordedInstance, _ ec2: EC2) async throws -> ObservedInstance? {
        let found = try await ec2.instances(matching: [
            .tag(Tag.fleet, settings.name), .tag(Tag.name, row.name), .tag(Tag.generation, String(row.generation)),
        ])
        return found.filter(\.state.isAlive).min {
            ($0.launchedAt?.seconds ?? .max, $0.instanceID) < ($1.launchedAt?.seconds ?? .max, $1.instanceID)
        }
    }

    private func settleTermination(_ step: Step, _ lock: String) async throws {
        let request = try CanonicalJSON.decode(TerminationRequest.self, from: step.request)
        do {
            _ = try await aws.ec2(region: step.region).terminateInstances(ids: [request.instanceID])
        } catch let error as AWSError where error.isNotFound {
            // Gone is what was wanted.
        }
        var rows: [RecordChange] = []
        if request.forgets {
            try await aws.s3().deleteObject(
                bucket: settings.aws.bucket, key: ParametersDocument.key(instance: step.address.key))
            rows.append(.delete(step.address))
        } else if var row = try await store.instance(fleetID: fleetID, name: step.address.key) {
            if request.isDeliberate == true {
                row.state = .terminated
            } else {
                row.state = .planned
                row.instanceID = nil
            }
            rows.append(.putInstance(row))
        }
        try await journal.write(
            rows + [.settleStep(id: step.id, outcome: .done, result: request.instanceID, error: nil)], lock: lock)
    }

    // MARK: What instances share

    private func settle(_ step: Step) async throws {
        switch step.action {
        case "CreateSecurityGroup": try await settleGroup(step)
        case "ImportKeyPair": try await settleKeyPair(step)
        case "PutObject": try await settleBundle(step)
        default: try await close(step, .abandoned)
        }
    }

    /// A group that was made without being recorded is recorded, so that the plan keeps or deletes it.
    private func settleGroup(_ step: Step) async throws {
        var spec = try CanonicalJSON.decode(SecurityGroupSpec.self, from: step.request)
        let name = ResourceNames.group(fleet: settings.name, user: spec.user)
        let found = try await aws.ec2(region: step.region).securityGroups(matching: [
            .tag(Tag.fleet, settings.name), EC2Filter("group-name", [name]),
        ]).first { spec.vpc == nil || $0.vpcID == spec.vpc }
        guard let found else {
            try await close(step, .abandoned)
            return
        }
        spec.rules = found.rules
        try await record([.putSecurityGroup(spec, groupID: found.groupID)], step, result: found.groupID)
    }

    private func settleKeyPair(_ step: Step) async throws {
        let spec = try CanonicalJSON.decode(KeyPairSpec.self, from: step.request)
        let name = ResourceNames.group(fleet: settings.name, user: spec.user)
        let found = try await aws.ec2(region: step.region).keyPairs(matching: [.tag(Tag.fleet, settings.name)])
            .first { $0.name == name }
        guard found != nil else {
            try await close(step, .abandoned)
            return
        }
        // Which key it holds is not to be seen; it is recorded as unknown, and the plan that follows imports the wanted
        // one.
        var unknown = spec
        unknown.publicKey = ""
        try await record([.putKeyPair(unknown, keyName: name)], step, result: name)
    }

    private func settleBundle(_ step: Step) async throws {
        let bundle = try CanonicalJSON.decode(RecordedBundle.self, from: step.request)
        let key = ParametersDocument.bundleKey(digest: bundle.digest)
        guard try await aws.s3().headObject(bucket: settings.aws.bucket, key: key) != nil else {
            try await close(step, .abandoned)
            return
        }
        try await record([.putBundle(bot: step.address.key, bundle)], step, result: key)
    }

    private func record(_ rows: [RecordChange], _ step: Step, result: String) async throws {
        try await journal.write(rows + [.settleStep(id: step.id, outcome: .done, result: result, error: nil)])
    }

    private func close(_ step: Step, _ outcome: Step.Outcome, lock: String? = nil) async throws {
        try await journal.write([.settleStep(id: step.id, outcome: outcome, result: nil, error: nil)], lock: lock)
    }
}

extension LeaseHolder {
    /// What an apply calls itself in the leases that it holds.
    public static let applyPurpose = "botfleet apply"
}
