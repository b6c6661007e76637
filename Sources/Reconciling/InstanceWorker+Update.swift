import AWSCloud
import FleetModel
import FleetStore
import Planning

/// Changes in place, and starts and stops.
extension InstanceWorker {
    func update(_ row: RecordedInstance?, _ update: InstanceUpdate) async throws -> Settling? {
        guard var row, let spec = operation.spec else {
            throw ReconcileFailure.notReady("instance '\(operation.name)' has no record any more", hint: "plan again")
        }
        if update.writesParameters, row.state != .planned {
            report("writing its parameters")
            row = try await writeParameters(row, spec)
        }
        guard let instanceID = update.instanceID else {
            try await settle(&row, spec)
            return nil
        }
        let ec2 = context.aws.ec2(region: row.region)
        var seen: ObservedInstance?
        if update.touchesEC2 || operation.power != nil {
            seen = try await ec2.existingInstances(ids: [instanceID]).first
            guard let seen, seen.state.isAlive else {
                throw ReconcileFailure.notReady("\(instanceID) is not there any more", hint: "plan again")
            }
            if update.touchesEC2 { try await apply(update, to: seen, spec) }
        }
        if let storage = update.storageGB { row.storageGB = storage }
        if let type = update.instanceType { row.instanceType = type }
        try await settle(&row, spec)
        guard let seen else { return nil }
        // A new type left it stopped: it goes back to what it was, unless something else is wanted.
        let now = update.instanceType == nil ? seen : try await ec2.existingInstances(ids: [instanceID]).first ?? seen
        return try await bring(row, now)
    }

    private func settle(_ row: inout RecordedInstance, _ spec: InstanceSpec) async throws {
        row = try blank(row, spec)
        row.spec = try CanonicalJSON.encode(spec)
        row.lastError = nil
        try await journal.write([.putInstance(row)], lock: lock)
    }

    /// Makes the changes of EC2's that an update asks for; each may be made twice.
    func apply(_ update: InstanceUpdate, to seen: ObservedInstance, _ spec: InstanceSpec) async throws {
        let ec2 = context.aws.ec2(region: spec.region)
        let id = seen.instanceID
        if !update.tags.isEmpty {
            try await effect("CreateTags", update, spec) { try await ec2.createTags(update.tags, on: [id]) }
        }
        if update.setsSecurityGroup {
            guard let group = await context.ids.group(region: spec.region, user: spec.user) else {
                throw ReconcileFailure.notReady(
                    "\(spec.user) has no security group in \(spec.region)", hint: "apply again")
            }
            try await effect("ModifyInstanceAttribute", update, spec) {
                try await ec2.setSecurityGroups([group], of: id)
            }
        }
        if let profile = update.instanceProfile {
            try await effect("ReplaceIamInstanceProfileAssociation", update, spec) {
                if let association = try await ec2.instanceProfileAssociation(of: id) {
                    _ = try await ec2.replaceInstanceProfile(profile, association: association.associationID)
                } else {
                    _ = try await ec2.associateInstanceProfile(profile, with: id)
                }
            }
        }
        if let storage = update.storageGB {
            guard let volume = try await rootVolume(of: seen, ec2) else {
                throw ReconcileFailure.notReady("\(id) has no root volume", hint: "look at it in the AWS console")
            }
            if volume.sizeGB < storage {
                report("growing its volume to \(storage) GiB")
                try await effect("ModifyVolume", update, spec) {
                    try await ec2.modifyVolume(volume.volumeID, sizeGB: storage)
                }
            }
        }
        if let type = update.instanceType { try await change(type: type, of: seen, update, spec, ec2) }
    }

    /// Stop, modify, start: the start is left to ``bring(_:_:)``, which a pending session makes sure of.
    private func change(
        type: String, of seen: ObservedInstance, _ update: InstanceUpdate, _ spec: InstanceSpec, _ ec2: EC2
    ) async throws {
        if seen.state.power == .running {
            // Written first: killed while it is stopped, the next apply or the runner starts it.
            try await journal.write(opening(session(.start)), lock: lock)
            report("stopping \(seen.instanceID) to change its type")
            try await effect("StopInstances", update, spec) { _ = try await ec2.stopInstances(ids: [seen.instanceID]) }
        }
        _ = try await ec2.waitForState(ids: [seen.instanceID], states: [.stopped])
        report("changing its type to \(type)")
        try await effect("ModifyInstanceAttribute", update, spec) {
            try await ec2.setInstanceType(type, of: seen.instanceID)
        }
        if seen.state.power == .running, operation.power != .stopped {
            try await effect("StartInstances", update, spec) {
                _ = try await ec2.startInstances(ids: [seen.instanceID])
            }
        }
    }

    func rootVolume(of seen: ObservedInstance, _ ec2: EC2) async throws -> ObservedVolume? {
        guard let id = seen.volumeIDs.first else { return nil }
        return try await ec2.volumes(ids: [id]).first
    }

    // MARK: Power

    /// Starts or stops what is there, where that is wanted.
    func bring(_ row: RecordedInstance, _ seen: ObservedInstance) async throws -> Settling? {
        guard let power = operation.power ?? changedTypePower(seen) else { return nil }
        let ec2 = context.aws.ec2(region: row.region)
        let session = session(power == .running ? .start : .stop)
        let pending = Settling(
            name: row.name, instanceID: seen.instanceID, region: row.region, power: power, session: session)
        // A start waits for a stop under way: EC2 refuses it until then.
        if power == .running, seen.state == .stopping {
            report("waiting for its stop")
            _ = try await ec2.waitForState(ids: [seen.instanceID], states: [.stopped])
        } else if seen.state.power == power {
            return pending
        }
        report(power == .running ? "starting \(seen.instanceID)" : "stopping \(seen.instanceID)")
        var moving = row
        moving.state = power == .running ? .launching : .stopping
        try await journal.perform(
            Journal.Entry(
                address: change.address, action: power == .running ? "StartInstances" : "StopInstances",
                region: row.region, request: try CanonicalJSON.encode(["instance_id": seen.instanceID]),
                opening: opening(session),
                refused: { error in
                    var refused = row
                    refused.lastError = Journal.text(error)
                    return [
                        .putInstance(refused), .putSession(session.tried(Journal.text(error), at: context.startedAt)),
                    ]
                }),
            lock: lock,
            call: {
                if power == .running {
                    _ = try await ec2.startInstances(ids: [seen.instanceID])
                } else {
                    _ = try await ec2.stopInstances(ids: [seen.instanceID])
                }
            },
            settled: { [moving] _ in
                (
                    [
                        .putInstance(moving),
                        .putSession(session.called(at: context.store.estimatedNow ?? context.startedAt)),
                        InstanceWorker.event("InstanceStatusUpdated", moving, state: moving.state),
                    ], seen.instanceID
                )
            })
        return pending
    }

    /// After a change of type, what a running instance was.
    private func changedTypePower(_ seen: ObservedInstance) -> PowerState? {
        guard case .update(let update) = operation.kind, update.instanceType != nil else { return nil }
        return seen.state.power == .running ? .running : nil
    }

    /// A journaled call of EC2's that may be made twice.
    private func effect(
        _ action: String, _ update: InstanceUpdate, _ spec: InstanceSpec, call: @Sendable () async throws -> Void
    ) async throws {
        try await journal.perform(
            Journal.Entry(
                address: change.address, action: action, region: spec.region,
                request: try CanonicalJSON.encode(update.instanceID)),
            lock: lock, call: call, settled: { _ in ([], update.instanceID) })
    }
}
