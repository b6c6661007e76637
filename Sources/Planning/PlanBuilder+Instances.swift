import Diagnostics
import FleetModel
import Scheduling

/// Instances: what each declared name has, what it should have, and what goes.
extension PlanBuilder {
    mutating func planInstances() throws {
        let index = ObservedIndex(
            observed, fleet: fleet, users: desired.repository.users, recorded: recorded)
        // One that cannot be resolved is an error already; its instances are neither kept nor taken away.
        let deployments = Set(desired.repository.deployments.map(\.value.name))
        let unresolved = deployments.subtracting(resolved.deployments.map(\.deployment.name))
        var declared = Set<String>()
        for deployment in resolved.deployments {
            let context = try DeploymentContext(deployment, recorded: recorded, sources: sources)
            for name in deployment.deployment.instanceNames {
                declared.insert(name)
                require(.instance(name), PlanBuilder.needs(of: deployment))
                try planInstance(name, context, index)
            }
        }
        for row in recorded.instances.values where row.managed && !declared.contains(row.name) {
            guard !unresolved.contains(row.deployment ?? "") else { continue }
            try planRemoval(of: row, index, isDeclared: deployments.contains(row.deployment ?? ""))
        }
        for address in options.replacements
        where !declared.contains(address.key) && !(address.kind == .deployment && deployments.contains(address.key)) {
            notes.append(PlanNote(address, "nothing has this address, so nothing is replaced"))
        }
        if recorded.openSteps.count > 0 {
            notes.append(
                PlanNote(
                    nil,
                    "an apply was interrupted; the next one first finishes or undoes "
                        + "its \(recorded.openSteps.count) open steps"))
        }
        noteMissingProfile()
    }

    private static func needs(of deployment: ResolvedDeployment) -> Set<Address> {
        let spec = deployment.spec
        return [
            .deployment(deployment.deployment.name), .bundle(spec.bot),
            .securityGroup(region: spec.region, user: spec.user), .keyPair(region: spec.region, user: spec.user),
        ]
    }

    private mutating func planInstance(
        _ name: String, _ context: DeploymentContext, _ index: ObservedIndex
    ) throws {
        let wanted = try powers.wanted(context.resolved, override: recorded.overrides[name])
        guard let row = recorded.instances[name], row.managed else {
            try planLaunch(name, nil, context, wanted, index, action: .create, reason: "not recorded yet")
            return
        }
        switch row.state {
        case .planned: try planUnlaunched(row, context, wanted, index)
        case .launching where row.instanceID == nil: try planUnlaunched(row, context, wanted, index)
        case .terminated:
            guard context.isChanged || isAskedToReplace(name, context) || isLaunchBegun(name) else {
                notes.append(
                    PlanNote(
                        .instance(name),
                        "terminated deliberately; --replace \(Address.instance(name)) or a change of its file brings it back"
                    ))
                return
            }
            let reason = context.isChanged ? "terminated before; its file changed since" : "it was terminated before"
            try planLaunch(name, row, context, wanted, index, action: .create, reason: reason)
        case .lost: try planLost(row, context, wanted, index)
        case .launching, .running, .stopping, .stopped, .terminating:
            try planExisting(row, context, wanted, index)
        }
    }

    /// Whether an apply decided to launch it and was interrupted; a schedule's own start does not count.
    private func isLaunchBegun(_ name: String) -> Bool {
        guard let session = recorded.pendingSessions[name], session.action == .start else { return false }
        switch session.source {
        case .apply, .restore: return true
        case .schedule, .hold, .override, .suspend, .enforce, .manual: return false
        }
    }

    // MARK: Nothing there yet

    /// A launch where it is wanted running, else only its row; unless AWS has a machine of its name already.
    mutating func planLaunch(
        _ name: String, _ row: RecordedInstance?, _ context: DeploymentContext, _ wanted: WantedPower,
        _ index: ObservedIndex, action: Change.Action, reason: String
    ) throws {
        let candidates = index.candidates(
            named: name, region: context.spec.region, recordedID: row?.instanceID)
        if candidates.count > 1 {
            let ids = candidates.map(\.instanceID).sorted().joined(separator: ", ")
            diagnostics.append(
                .error(
                    context.resolved.location,
                    "\(candidates.count) instances in AWS are named '\(name)': \(ids) (terminate or rename all but one)"
                ))
            return
        }
        if let row, let found = candidates.first, found.region != context.spec.region {
            let old = try context.recordedSpec(row) ?? context.spec
            try planReplacement(row, old, found, context, wanted, reason: "its region changed")
        } else if let found = candidates.first {
            try planAdoption(name, found, context, wanted, revision: row?.revision)
        } else {
            try addLaunch(name, row, context, wanted, action: action, reason: reason)
        }
    }

    /// Takes over a machine that is there, and brings what AWS can change of it to what its deployment wants.
    mutating func planAdoption(
        _ name: String, _ found: ObservedInstance, _ context: DeploymentContext, _ wanted: WantedPower, revision: Int?
    ) throws {
        var update = InstanceUpdate(instanceID: found.instanceID, writesParameters: true)
        let tags = ResourceNames.managedTags(
            fleet: fleet, name: name, deployment: context.name, user: context.spec.user)
        update.tags = tags.filter { found.tags[$0.key] != $0.value }
        update.setsSecurityGroup = true
        if !context.spec.instanceTypes.contains(found.instanceType) {
            update.instanceType = context.spec.instanceTypes.first
        }
        if let profile = context.spec.instanceProfile, !InstanceComparison.isProfile(found.instanceProfileARN, profile)
        {
            update.instanceProfile = profile
        }
        let power = wanted.state.flatMap { $0 == found.state.power ? nil : $0 }
        var after = InstanceAttributes.wanted(context.spec, power: wanted.state, actualType: found.instanceType)
        after.set("instance_id", .string(found.instanceID))
        after.set("instance_type", .string(update.instanceType ?? found.instanceType))
        try add(
            Change(
                address: .instance(name), action: .adopt, systems: [.aws, .mysql],
                reason: "\(found.instanceID) bears its name and has no record", location: context.location,
                before: ["instance_id": .string(found.instanceID), "instance_type": .string(found.instanceType)],
                after: after,
                operation: .instance(
                    InstanceOperation(
                        name: name, deployment: context.name,
                        kind: .adopt(instanceID: found.instanceID, update), spec: context.spec, power: power))),
            revision: revision, seen: fingerprint(of: found, name: name, context.name, context.spec.user),
            powerIsExplained: !wanted.isFixed)
    }

    mutating func planUnlaunched(
        _ row: RecordedInstance, _ context: DeploymentContext, _ wanted: WantedPower, _ index: ObservedIndex
    ) throws {
        let wasTried = row.lastError != nil || row.state == .launching || recorded.pendingSessions[row.name] != nil
        if wanted.state == .running, wanted.isFixed || context.cursorMoves || wasTried {
            let reason =
                row.state == .launching
                ? "its launch was interrupted"
                : row.lastError != nil ? "its launch failed before" : "it is wanted running"
            try planLaunch(row.name, row, context, wanted, index, action: .create, reason: reason)
            return
        }
        guard row.spec != context.resolved.specJSON || row.deployment != context.name else { return }
        let before = try context.recordedSpec(row).map { InstanceAttributes.wanted($0, power: nil, actualType: nil) }
        try add(
            Change(
                address: .instance(row.name), action: .update, systems: [.mysql],
                reason: "its definition changed; not launched yet", location: context.location, before: before,
                after: InstanceAttributes.wanted(context.spec, power: nil, actualType: nil),
                operation: .instance(
                    InstanceOperation(
                        name: row.name, deployment: context.name, kind: .record, spec: context.spec, power: nil))),
            revision: row.revision)
    }

    private mutating func addLaunch(
        _ name: String, _ row: RecordedInstance?, _ context: DeploymentContext, _ wanted: WantedPower,
        action: Change.Action, reason: String
    ) throws {
        let launches = wanted.state == .running
        var why = reason
        if !launches { why += "; \(try powers.text(wanted, context.resolved)), launched by its first start" }
        try add(
            Change(
                address: .instance(name), action: action, systems: launches ? [.aws, .mysql] : [.mysql], reason: why,
                location: context.location,
                after: InstanceAttributes.wanted(context.spec, power: launches ? .running : nil, actualType: nil),
                operation: .instance(
                    InstanceOperation(
                        name: name, deployment: context.name, kind: launches ? .launch : .record, spec: context.spec,
                        power: launches ? .running : nil, source: action == .restore ? .restore : .apply))),
            revision: row?.revision, powerIsExplained: !wanted.isFixed)
    }

    private mutating func planLost(
        _ row: RecordedInstance, _ context: DeploymentContext, _ wanted: WantedPower, _ index: ObservedIndex
    ) throws {
        let restores =
            context.resolved.deployment.whenLost == .restore || context.isChanged
            || isAskedToReplace(row.name, context) || isLaunchBegun(row.name)
        drift.append(
            Drift(
                address: .instance(row.name), attribute: "instance", recorded: .string(row.instanceID ?? ""),
                observed: .null, fixed: restores, location: context.location))
        if restores {
            try planLaunch(
                row.name, row, context, wanted, index, action: .restore, reason: "AWS lost \(row.instanceID ?? "it")")
        } else {
            notes.append(PlanNote(.instance(row.name), "lost; --replace \(Address.instance(row.name)) brings it back"))
        }
    }

    // MARK: What goes

    private mutating func planRemoval(of row: RecordedInstance, _ index: ObservedIndex, isDeclared: Bool) throws {
        let there = row.instanceID.flatMap { index.byID[$0] }
        let isThere = there.map { $0.state != .terminated } ?? (row.instanceID != nil && row.state.isAlive)
        if let there, let owner = there.fleet, owner != fleet {
            notes.append(
                PlanNote(.instance(row.name), "\(there.instanceID) now belongs to fleet '\(owner)'; only its row goes"))
        }
        let mayTouch = isThere && (there?.fleet ?? fleet) == fleet
        let spec = try row.spec.map { try CanonicalJSON.decode(InstanceSpec.self, from: $0) }
        try add(
            Change(
                address: .instance(row.name), action: .delete, systems: mayTouch ? [.aws, .mysql] : [.mysql],
                reason: isDeclared ? "beyond its deployment's count" : "its deployment is in no file any more",
                before: spec.map { InstanceAttributes.recorded($0, row, there) },
                operation: .instance(
                    InstanceOperation(
                        name: row.name, deployment: row.deployment,
                        kind: .terminate(instanceID: mayTouch ? row.instanceID : nil, region: row.region), spec: nil,
                        power: nil))),
            revision: row.revision,
            seen: there.map { fingerprint(of: $0, name: row.name, row.deployment ?? "", row.user) + "|\(isThere)" }
                ?? "")
    }

    private mutating func noteMissingProfile() {
        let bare = resolved.deployments.lazy.filter { $0.spec.instanceProfile == nil && $0.deployment.count > 0 }
        guard let first = bare.map(\.deployment.name).min() else { return }
        diagnostics.append(
            .warning(
                desired.repository.settings.place(of: "aws"),
                "instances of '\(first)' have no instance profile, so they cannot fetch their work "
                    + "(set aws.instance_profile in fleet/fleet.yaml)"))
    }
}
