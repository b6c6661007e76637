import Diagnostics
import FleetModel
import Scheduling

/// Instances that AWS has: what changes in place, what is replaced, what somebody changed by hand.
extension PlanBuilder {
    mutating func planExisting(
        _ row: RecordedInstance, _ context: DeploymentContext, _ wanted: WantedPower, _ index: ObservedIndex
    ) throws {
        let seen = row.instanceID.flatMap { index.byID[$0] }
        guard let seen, seen.state.isAlive else {
            try planVanished(row, seen, context, wanted, index)
            return
        }
        if let owner = seen.fleet, owner != fleet {
            diagnostics.append(
                .error(
                    context.resolved.location,
                    "instance '\(row.name)' (\(seen.instanceID)) now bears the tag of fleet '\(owner)'; "
                        + "it is left alone"))
            return
        }
        guard let old = try context.recordedSpec(row) else {
            // There is a machine, and nothing says what it was made from: it is taken over as it is.
            try planAdoption(row.name, seen, context, wanted, revision: row.revision)
            return
        }
        if let reason = replacementReason(row, old, context, seen) {
            try planReplacement(row, old, seen, context, wanted, reason: reason)
            return
        }
        var comparison = InstanceComparison(
            row: row, old: old, new: context.spec, seen: seen, deployment: context.name, fleet: fleet,
            group: recorded.securityGroups[.securityGroup(region: row.region, user: context.spec.user)]?.groupID,
            fixes: context.resolved.deployment.drift == .fix, isInOtherVPC: isInOtherVPC(seen))
        comparison.compare()
        if comparison.isInOtherVPC {
            notes.append(
                PlanNote(
                    .instance(row.name),
                    "stays in \(seen.vpcID ?? "its VPC") with its group there until its next launch "
                        + "(--replace \(Address.instance(row.name)) moves it now)"))
        }
        if let shrink = comparison.shrink {
            diagnostics.append(
                .error(
                    context.resolved.location,
                    "instance '\(row.name)' has \(shrink) GiB and EBS volumes cannot shrink "
                        + "to \(context.spec.storageGB) (keep storage_gb at \(shrink), "
                        + "or replace it: --replace \(Address.instance(row.name)))"))
        }
        let power = power(of: row, seen, context, wanted)
        let fixes = context.resolved.deployment.drift == .fix
        for found in comparison.drift + power.drift {
            drift.append(
                Drift(
                    address: .instance(row.name), attribute: found.attribute, recorded: found.recorded,
                    observed: found.observed, fixed: fixes && found.isFixable, location: context.location))
        }
        try addUpdate(row, old, seen, context, wanted, comparison, power: power.change)
    }

    private mutating func addUpdate(
        _ row: RecordedInstance, _ old: InstanceSpec, _ seen: ObservedInstance, _ context: DeploymentContext,
        _ wanted: WantedPower, _ comparison: InstanceComparison, power: PowerState?
    ) throws {
        let specChanged = row.spec != context.resolved.specJSON || row.deployment != context.name
        guard specChanged || comparison.update.touchesEC2 || power != nil else { return }
        let onlyPower = !specChanged && !comparison.update.touchesEC2
        let action: Change.Action = onlyPower ? (power == .running ? .start : .stop) : .update
        var before = InstanceAttributes.recorded(old, row, seen)
        var after = InstanceAttributes.wanted(context.spec, power: nil, actualType: seen.instanceType)
        after.set("instance_id", .string(seen.instanceID))
        after.set("instance_type", .string(comparison.update.instanceType ?? seen.instanceType))
        after.set("storage_gb", .integer(comparison.update.storageGB ?? row.storageGB ?? context.spec.storageGB))
        PlanBuilder.showFiles(old, context.spec, comparison.update, in: &before, and: &after)
        comparison.show(in: &before, and: &after)
        if let power {
            before.set("state", .string(seen.state.rawValue))
            after.set("state", .string(power.rawValue))
        }
        let touchesAWS = power != nil || comparison.update.touchesEC2 || comparison.update.writesParameters
        try add(
            Change(
                address: .instance(row.name), action: action, systems: touchesAWS ? [.aws, .mysql] : [.mysql],
                reason: onlyPower ? try powers.text(wanted, context.resolved) : comparison.reason,
                location: context.location,
                before: before, after: after,
                operation: .instance(
                    InstanceOperation(
                        name: row.name, deployment: context.name, kind: .update(comparison.update), spec: context.spec,
                        power: power, source: wanted.sessionSource))),
            revision: row.revision, seen: comparison.fingerprint, powerIsExplained: !wanted.isFixed)
    }

    /// Shows what the files say where the machine stays as it is: it has a type of the new list, or a volume that was grown by hand.
    private static func showFiles(
        _ old: InstanceSpec, _ new: InstanceSpec, _ update: InstanceUpdate, in before: inout JSONValue,
        and after: inout JSONValue
    ) {
        if old.instanceTypes != new.instanceTypes, update.instanceType == nil {
            before.set("instance_types", .array(old.instanceTypes.map { .string($0) }))
            after.set("instance_types", .array(new.instanceTypes.map { .string($0) }))
        }
        if old.storageGB != new.storageGB, update.storageGB == nil {
            before.set("storage_gb", .integer(old.storageGB))
            after.set("storage_gb", .integer(new.storageGB))
        }
        if old.bot == new.bot, old.script != new.script {
            before.set("script", .string(old.script))
            after.set("script", .string(new.script))
        }
    }

    // MARK: Replacement

    private func replacementReason(
        _ row: RecordedInstance, _ old: InstanceSpec, _ context: DeploymentContext, _ seen: ObservedInstance
    ) -> String? {
        if isAskedToReplace(row.name, context) { return "asked for by --replace" }
        if row.region != context.spec.region { return "its region changed" }
        if old.user != context.spec.user, isInOtherVPC(seen) { return "its user changed, and its VPC is another" }
        if let image = context.spec.image {
            return image != seen.imageID && image != old.image ? "its image changed" : nil
        }
        if options.upgradesImages, let newest = observed.defaultImages[row.region], newest != seen.imageID {
            return "its region's default image is \(newest) now"
        }
        return nil
    }

    /// Whether an instance lies in another VPC than its region's instances are launched in now.
    private func isInOtherVPC(_ seen: ObservedInstance) -> Bool {
        guard let there = seen.vpcID,
            let wanted = desired.repository.regions.first(where: { $0.value.name == seen.region })?.value.vpc
        else { return false }
        return there != wanted
    }

    mutating func planReplacement(
        _ row: RecordedInstance, _ old: InstanceSpec, _ seen: ObservedInstance, _ context: DeploymentContext,
        _ wanted: WantedPower, reason: String
    ) throws {
        // It comes back as it is wanted; where nothing is wanted of it, as it is.
        let launches = (wanted.state ?? seen.state.power) == .running
        var before = InstanceAttributes.recorded(old, row, seen)
        before.set("image", .string(seen.imageID))
        var after = InstanceAttributes.wanted(context.spec, power: nil, actualType: nil)
        if context.spec.image == nil, let image = observed.defaultImages[context.spec.region] {
            after.set("image", .string(image))
        }
        try add(
            Change(
                address: .instance(row.name), action: .replace, systems: [.aws, .mysql], reason: reason,
                location: context.location, before: before, after: after,
                operation: .instance(
                    InstanceOperation(
                        name: row.name, deployment: context.name,
                        kind: .replace(instanceID: seen.instanceID, region: row.region, launch: launches),
                        spec: context.spec, power: launches ? .running : nil))),
            revision: row.revision, seen: fingerprint(of: seen, name: row.name, context.name, context.spec.user))
    }

    func isAskedToReplace(_ name: String, _ context: DeploymentContext) -> Bool {
        options.replacements.contains(.instance(name)) || options.replacements.contains(.deployment(context.name))
    }

    /// The managed attributes seen of an instance.
    func fingerprint(of seen: ObservedInstance, name: String, _ deployment: String, _ user: String) -> String {
        InstanceComparison.fingerprint(of: seen, fleet: fleet, name: name, deployment: deployment, user: user)
    }

    // MARK: Gone

    /// Recorded as alive, and AWS calls it terminated or does not list it.
    private mutating func planVanished(
        _ row: RecordedInstance, _ seen: ObservedInstance?, _ context: DeploymentContext, _ wanted: WantedPower,
        _ index: ObservedIndex
    ) throws {
        // One that is only absent may be there a moment later: a launch now could make two of it.
        let isTerminated = seen != nil
        let restores =
            isTerminated
            && (context.resolved.deployment.whenLost == .restore || context.isChanged
                || isAskedToReplace(row.name, context))
        drift.append(
            Drift(
                address: .instance(row.name), attribute: "state", recorded: .string(row.state.rawValue),
                observed: seen.map { .string($0.state.rawValue) } ?? "absent", fixed: restores,
                location: context.location))
        if restores {
            try planLaunch(
                row.name, row, context, wanted, index, action: .restore,
                reason: "\(row.instanceID ?? "it") was terminated outside botfleet")
        } else if isTerminated {
            notes.append(
                PlanNote(
                    .instance(row.name),
                    "terminated outside botfleet; --replace \(Address.instance(row.name)) or when_lost: restore brings it back"
                ))
        } else {
            notes.append(
                PlanNote(
                    .instance(row.name),
                    "AWS does not list \(row.instanceID ?? "it") now; instance:sync tells whether it is lost"))
        }
    }

    // MARK: Power

    private func power(
        of row: RecordedInstance, _ seen: ObservedInstance, _ context: DeploymentContext, _ wanted: WantedPower
    ) -> (change: PowerState?, drift: [InstanceComparison.Finding]) {
        guard let state = wanted.state, let actual = seen.state.power, state != actual else { return (nil, []) }
        // What an interrupted apply began is finished; a person's own start or stop is not undone by it.
        let isPending = recorded.pendingSessions[row.name].map { $0.action.state == state } ?? false
        if context.cursorMoves || isPending { return (state, []) }
        guard wanted.isFixed else { return (nil, []) }
        let finding = InstanceComparison.Finding(
            attribute: "state", recorded: .string(state.rawValue), observed: .string(seen.state.rawValue))
        return (context.resolved.deployment.drift == .fix ? state : nil, [finding])
    }
}

extension JSONValue {
    /// Sets a member of an object, or removes it; nothing happens to other values.
    mutating func set(_ key: String, _ value: JSONValue?) {
        guard case .object(var members) = self else { return }
        members[key] = value
        self = .object(members)
    }
}
