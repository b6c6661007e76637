import FleetModel
import Planning

/// What a perfect apply of a plan would leave recorded and in AWS.
extension FleetFixture {
    mutating func apply(_ plan: Plan) throws {
        for change in plan.changes where change.action != .delete { try perform(change) }
        for change in plan.changes where change.action == .delete { try perform(change) }
        recorded.openSteps = []
    }

    private mutating func perform(_ change: Change) throws {
        let address = change.address
        switch change.operation {
        case .putSettings(let stored):
            let revision = (recorded.fleet?.settings.revision ?? 0) + 1
            let row = RecordedDefinition(json: try CanonicalJSON.encode(stored), revision: revision)
            recorded.fleet = RecordedFleet(id: 1, name: settings.name, accountID: "123456789012", settings: row)
        case .putRegion(let region): try define(address, region)
        case .putUser(let user, _): try define(address, user)
        case .putSchedule(let schedule, _): try define(address, schedule)
        case .putBot(let bot): try define(address, bot)
        case .putDeployment(let planned): try define(address, planned.deployment)
        case .putBundle(let bot, let bundle): recorded.bundles[bot] = bundle
        case .putSecurityGroup(let operation): try put(operation, at: address)
        case .putKeyPair(let operation): try put(operation, at: address)
        case .instance(let operation): try perform(operation)
        case .delete: recorded.definitions[address] = nil
        case .deleteSecurityGroup(let region, let id):
            recorded.securityGroups[address] = nil
            observed.regions[region]?.securityGroups.removeAll { $0.groupID == id }
        case .deleteKeyPair(let region, let name):
            recorded.keyPairs[address] = nil
            observed.regions[region]?.keyPairs.removeAll { $0.name == name }
        case .deleteBundle: recorded.bundles[address.key] = nil
        case nil: throw FixtureFailure(message: "\(address) has no operation")
        }
    }

    private mutating func define(_ address: Address, _ value: some Encodable) throws {
        let revision = (recorded.definitions[address]?.revision ?? 0) + 1
        recorded.definitions[address] = RecordedDefinition(json: try CanonicalJSON.encode(value), revision: revision)
    }

    private mutating func identifier(_ prefix: String) -> String {
        defer { serial += 1 }
        return "\(prefix)-\(serial)"
    }

    // MARK: What instances share

    private mutating func put(_ operation: SecurityGroupOperation, at address: Address) throws {
        let spec = operation.spec
        let id = operation.groupID ?? identifier("sg")
        var region = observed.regions[spec.region] ?? ObservedRegion()
        if operation.groupID == nil {
            region.securityGroups.append(
                ObservedSecurityGroup(
                    groupID: id, region: spec.region, name: ResourceNames.group(fleet: settings.name, user: spec.user),
                    vpcID: spec.vpc ?? "vpc-default",
                    tags: ResourceNames.sharedTags(fleet: settings.name, user: spec.user)))
        }
        for index in region.securityGroups.indices where region.securityGroups[index].groupID == id {
            region.securityGroups[index].rules.subtract(operation.remove)
            region.securityGroups[index].rules.formUnion(operation.add)
            region.securityGroups[index].tags.merge(operation.tags) { $1 }
        }
        observed.regions[spec.region] = region
        let revision = (recorded.securityGroups[address]?.definition.revision ?? 0) + 1
        recorded.securityGroups[address] = RecordedSecurityGroup(
            groupID: id, definition: RecordedDefinition(json: try CanonicalJSON.encode(spec), revision: revision))
    }

    private mutating func put(_ operation: KeyPairOperation, at address: Address) throws {
        let spec = operation.spec
        var region = observed.regions[spec.region] ?? ObservedRegion()
        region.keyPairs.removeAll { $0.name == operation.keyName }
        region.keyPairs.append(
            ObservedKeyPair(
                keyPairID: identifier("key"), name: operation.keyName, region: spec.region,
                tags: ResourceNames.sharedTags(fleet: settings.name, user: spec.user)))
        observed.regions[spec.region] = region
        let revision = (recorded.keyPairs[address]?.definition.revision ?? 0) + 1
        recorded.keyPairs[address] = RecordedKeyPair(
            keyName: operation.keyName,
            definition: RecordedDefinition(json: try CanonicalJSON.encode(spec), revision: revision))
    }

    // MARK: Instances

    private mutating func perform(_ operation: InstanceOperation) throws {
        recorded.pendingSessions[operation.name] = nil
        var row = recorded.instances[operation.name]
        if case .terminate(let id, let region) = operation.kind {
            terminate(id, in: region)
            recorded.instances[operation.name] = nil
            return
        }
        guard let spec = operation.spec, let deployment = operation.deployment else {
            throw FixtureFailure(message: "\(operation.name) is to be made of nothing")
        }
        let region = row?.region ?? spec.region
        if row == nil { row = RecordedInstance(name: operation.name, region: spec.region, user: spec.user) }
        guard var row else { return }
        row.deployment = deployment
        row.managed = true
        row.region = spec.region
        row.user = spec.user
        row.bot = spec.bot
        row.spec = try CanonicalJSON.encode(spec)
        row.lastError = nil
        row.revision += 1
        switch operation.kind {
        case .record:
            row.state = .planned
            row.instanceID = nil
        case .launch: launch(&row, spec, deployment)
        case .replace(let id, _, let launches):
            terminate(id, in: region)
            row.state = .planned
            row.instanceID = nil
            if launches { launch(&row, spec, deployment) }
        case .update(let update):
            if let id = update.instanceID { mend(&row, id, update, operation.power, spec) }
        case .adopt(let id, let update):
            row.instanceID = id
            row.storageGB = spec.storageGB
            mend(&row, id, update, operation.power, spec)
        case .terminate: break
        }
        recorded.instances[operation.name] = row
    }

    private mutating func terminate(_ id: String?, in region: String) {
        guard let id, let index = observed.regions[region]?.instances.firstIndex(where: { $0.instanceID == id }) else {
            return
        }
        // EC2 goes on listing it for about an hour.
        observed.regions[region]?.instances[index].state = .terminated
    }

    private mutating func launch(_ row: inout RecordedInstance, _ spec: InstanceSpec, _ deployment: String) {
        row.generation += 1
        row.instanceID = identifier("i")
        row.instanceType = spec.instanceTypes.first
        row.storageGB = spec.storageGB
        row.state = .running
        var tags = ResourceNames.instanceTags(fleet: settings.name, name: row.name, deployment: deployment, spec: spec)
        tags[Tag.generation] = String(row.generation)
        let group = recorded.securityGroups[.securityGroup(region: spec.region, user: spec.user)]?.groupID
        observed.regions[spec.region, default: ObservedRegion()].instances.append(
            ObservedInstance(
                instanceID: row.instanceID ?? "", region: spec.region, state: .running,
                instanceType: spec.instanceTypes.first ?? "", imageID: spec.image ?? defaultImage(spec.region),
                launchedAt: now, instanceProfileARN: spec.instanceProfile.map(FleetFixture.profileARN),
                securityGroupIDs: group.map { [$0] } ?? [], tags: tags))
    }

    private func defaultImage(_ region: String) -> String {
        if let newest = observed.defaultImages[region] { return newest }
        switch regions.first(where: { $0.name == region })?.defaultImage {
        case .id(let id): return id
        case .newest(_, let name): return "ami-of-\(name)"
        case nil: return "ami-none"
        }
    }

    static func profileARN(_ name: String) -> String { "arn:aws:iam::123456789012:instance-profile/\(name)" }

    private mutating func mend(
        _ row: inout RecordedInstance, _ id: String, _ update: InstanceUpdate, _ power: PowerState?,
        _ spec: InstanceSpec
    ) {
        guard let index = observed.regions[spec.region]?.instances.firstIndex(where: { $0.instanceID == id }),
            var seen = observed.regions[spec.region]?.instances[index]
        else { return }
        seen.tags.merge(update.tags) { $1 }
        if update.setsSecurityGroup,
            let group = recorded.securityGroups[.securityGroup(region: spec.region, user: spec.user)]?.groupID
        {
            seen.securityGroupIDs = [group]
        }
        if let type = update.instanceType { seen.instanceType = type }
        if let profile = update.instanceProfile { seen.instanceProfileARN = FleetFixture.profileARN(profile) }
        if let storage = update.storageGB { row.storageGB = storage }
        switch power {
        case .running: seen.state = .running
        case .stopped: seen.state = .stopped
        case nil: break
        }
        row.state = seen.state
        row.instanceType = seen.instanceType
        observed.regions[spec.region]?.instances[index] = seen
    }
}
