import Diagnostics
import FleetModel

/// What a plan must not do, whatever the files say.
extension PlanBuilder {
    mutating func checkGuards() {
        checkProtection()
        checkRegionLimits()
        checkQuotas()
    }

    /// A protected deployment's instances are not terminated or replaced, also when its file is gone: the recorded
    /// `protect` counts.
    private mutating func checkProtection() {
        guard changes.contains(where: { $0.action == .delete || $0.action == .replace }) else { return }
        let located = Dictionary(
            desired.repository.deployments.map { ($0.value.name, $0) }, uniquingKeysWith: { first, _ in first })
        var verdicts: [String: Bool] = [:]
        for change in changes {
            guard change.action == .delete || change.action == .replace else { continue }
            let name: String
            switch change.address.kind {
            case .deployment: name = change.address.key
            case .instance:
                guard let deployment = recorded.instances[change.address.key]?.deployment else { continue }
                name = deployment
            case .fleet, .region, .user, .schedule, .bot, .securityGroup, .keyPair, .bundle: continue
            }
            let file = located[name]
            let isRecorded = verdicts[name] ?? isRecordedProtected(name)
            verdicts[name] = isRecorded
            guard isRecorded || isRecordedProtected(change) || file?.value.protect == true else { continue }
            let verb = change.action == .delete ? "deleted" : "replaced"
            let who = change.address.kind == .deployment ? "it" : "deployment '\(name)'"
            diagnostics.append(
                .error(
                    file?.place(of: "protect") ?? desired.repository.settings.location,
                    "'\(change.address)' would be \(verb) (\(change.reason)), but \(who) is protected "
                        + "(set protect: false and apply that first)"))
        }
    }

    /// The flag of a deployment as it was applied last; one that cannot be read protects, because the other error loses
    /// an instance.
    private func isRecordedProtected(_ deployment: String) -> Bool {
        guard let json = recorded.definitions[.deployment(deployment)]?.json else { return false }
        // Whatever the error is, it cannot be read.
        guard let old = try? CanonicalJSON.decode(Deployment.self, from: json) else { return true }
        return old.protect
    }

    /// The flag of an instance as it was applied last: an interrupted apply may have recorded its deployment's alone.
    private func isRecordedProtected(_ change: Change) -> Bool {
        guard change.address.kind == .instance, let json = recorded.instances[change.address.key]?.spec else {
            return false
        }
        // As above: what cannot be read protects.
        guard let spec = try? CanonicalJSON.decode(InstanceSpec.self, from: json) else { return true }
        return spec.protect
    }

    /// Instances that a region may have: those declared, and somebody else's that live there.
    private mutating func checkRegionLimits() {
        var counts: [String: Int] = [:]
        for deployment in resolved.deployments { counts[deployment.region, default: 0] += deployment.deployment.count }
        for row in recorded.instances.values where !row.managed && row.state.isAlive {
            counts[row.region, default: 0] += 1
        }
        for region in desired.repository.regions {
            guard let limit = region.value.limit, let count = counts[region.value.name], count > limit else { continue }
            diagnostics.append(
                .error(
                    region.place(of: "limit"),
                    "\(count) instances are wanted in \(region.value.name), whose limit is \(limit) "
                        + "(raise the limit or lower a count)"))
        }
    }

    /// The account's quota of virtual processors, as it was read last, against what runs and what this plan starts.
    private mutating func checkQuotas() {
        var growth: [String: Int] = [:]
        for change in changes {
            guard case .instance(let operation)? = change.operation else { continue }
            let row = recorded.instances[operation.name]
            let isRunning = row.map { $0.state.power == .running } ?? false
            if let spec = operation.spec, operation.power == .running, !isRunning {
                growth[spec.region, default: 0] += size(of: spec.instanceTypes.first, in: spec.region)
            } else if let row, isRunning, operation.power == .stopped || change.action == .delete {
                growth[row.region, default: 0] -= size(of: row.instanceType, in: row.region)
            }
        }
        for region in desired.repository.regions {
            guard let capacity = recorded.capacities[region.value.name], let quota = capacity.quota,
                let more = growth[region.value.name], more > 0
            else { continue }
            let used = capacity.usage.reduce(0) { $0 + $1.vcpus }
            guard used + more > quota else { continue }
            diagnostics.append(
                .error(
                    region.place(of: "name"),
                    "\(more) more vCPUs would be started in \(region.value.name), where the account uses \(used) of its \(quota) "
                        + "(botfleet sync regions reads both anew; AWS raises the quota on request)"))
        }
    }

    /// Virtual processors of a type; 0 where that is not known, so that nothing is refused for it.
    private func size(of type: String?, in region: String) -> Int {
        recorded.capacities[region]?.usage.first { $0.type == type }?.size ?? 0
    }

    /// Says so where a delete and a create look like a rename, which keeps nothing.
    mutating func hintRenames() {
        let deleted = changes.filter { $0.address.kind == .deployment && $0.action == .delete }
            .sorted { $1.address < $0.address }
        let created = changes.filter { $0.address.kind == .deployment && $0.action == .create }
        guard !deleted.isEmpty, !created.isEmpty else { return }
        var byShape: [JSONValue: Address] = [:]
        for change in deleted { byShape[PlanBuilder.withoutName(change.before)] = change.address }
        for change in created {
            guard let old = byShape[PlanBuilder.withoutName(change.after)] else { continue }
            notes.append(
                PlanNote(
                    change.address,
                    "looks like \(old) under a new name; a rename is a delete and a create, "
                        + "and results stay under the old name"))
        }
    }

    private static func withoutName(_ value: JSONValue?) -> JSONValue {
        guard case .object(var members)? = value else { return .null }
        members["name"] = nil
        return .object(members)
    }

    /// Keeps only what `--target` names, with what it needs.
    mutating func select() {
        guard !options.targets.isEmpty else { return }
        let wanted = Set(options.targets)
        var selected = wanted
        for change in changes where change.address.kind == .instance {
            // A deployment's target stands for its instances too.
            guard case .instance(let operation)? = change.operation, let deployment = operation.deployment else {
                continue
            }
            if wanted.contains(.deployment(deployment)) { selected.insert(change.address) }
        }
        var queue = Array(selected)
        while let address = queue.popLast() {
            for needed in requirements[address] ?? [] where selected.insert(needed).inserted { queue.append(needed) }
        }
        let known = Set(changes.map(\.address)).union(requirements.keys)
        for target in options.targets where !known.contains(target) && recorded.definitions[target] == nil {
            notes.append(PlanNote(target, "nothing has this address, or nothing of it changes"))
        }
        changes.removeAll { !selected.contains($0.address) }
        drift.removeAll { !selected.contains($0.address) }
    }
}

extension Plan {
    /// How many instances this plan terminates or replaces.
    public var terminations: Int {
        changes.count { change in
            guard case .instance(let operation)? = change.operation else { return false }
            switch operation.kind {
            case .terminate(let id, _), .replace(let id, _, _): return id != nil
            case .record, .launch, .update, .adopt: return false
            }
        }
    }

    /// Whether this plan terminates all of several machines that the fleet has.
    public func leavesNothing(of recorded: RecordedState) -> Bool {
        let alive = recorded.instances.values.filter { $0.managed && $0.state.isAlive }
        guard alive.count > 1 else { return false }
        var going = Set<String>()
        for change in changes {
            guard case .instance(let operation)? = change.operation, case .terminate = operation.kind else { continue }
            going.insert(operation.name)
        }
        return alive.allSatisfy { going.contains($0.name) }
    }
}
