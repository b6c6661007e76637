import Diagnostics
import FleetModel

/// Settings, regions, users, schedules, bots and deployments: values whose change is a row in MySQL.
extension PlanBuilder {
    mutating func planDefinitions() throws {
        let repository = desired.repository
        try planSettings()
        for region in repository.regions {
            try define(.region(region.value.name), region.value, at: region.location, as: .putRegion(region.value))
            try noteNewImage(of: region.value)
        }
        let (byUser, bySchedule) = try movedCursors()
        for user in repository.users {
            try define(
                .user(user.value.email), user.value, at: user.location,
                as: .putUser(user.value, affected: byUser[user.value.key] ?? []))
        }
        for schedule in repository.schedules {
            try define(
                .schedule(schedule.value.name), schedule.value, at: schedule.location,
                as: .putSchedule(schedule.value, affected: bySchedule[schedule.value.name] ?? []))
        }
        for bot in desired.bots.values {
            let address = Address.bot(bot.name)
            try define(address, bot, place: desired.botLocations[bot.name], as: .putBot(bot))
        }
        for deployment in resolved.deployments { try planDeployment(deployment) }
        try planRemovedDefinitions()
    }

    /// The deployments, recorded as they stand, of which something is recorded anew because of their user, and because
    /// of their schedule.
    private func movedCursors() throws -> (
        byUser: [String: [PlannedDeployment]], bySchedule: [String: [PlannedDeployment]]
    ) {
        var byUser: [String: [PlannedDeployment]] = [:]
        var bySchedule: [String: [PlannedDeployment]] = [:]
        for item in resolved.deployments {
            let schedule = item.schedule.flatMap { sources.schedules.contains($0.name) ? $0.name : nil }
            let userMoves = sources.userMoves(item)
            guard schedule != nil || userMoves,
                recorded.definitions[.deployment(item.deployment.name)]?.json == item.definitionJSON
            else { continue }
            let planned = PlannedDeployment(
                deployment: item.deployment, region: item.region, nextTransition: try powers.next(item),
                movesCursor: schedule != nil || sources.movePower(of: item))
            if userMoves { byUser[item.user.key, default: []].append(planned) }
            if let schedule { bySchedule[schedule, default: []].append(planned) }
        }
        // In the order of names: files may be read in any.
        let sorted = { (planned: [PlannedDeployment]) in planned.sorted { $0.deployment.name < $1.deployment.name } }
        return (byUser.mapValues(sorted), bySchedule.mapValues(sorted))
    }

    private mutating func noteNewImage(of region: Region) throws {
        let address = Address.region(region.name)
        guard let before = recorded.definitions[address], !options.upgradesImages,
            try CanonicalJSON.decode(Region.self, from: before.json).defaultImage != region.defaultImage,
            resolved.deployments.contains(where: {
                $0.region == region.name && $0.spec.image == nil && $0.deployment.count > 0
            })
        else { return }
        notes.append(
            PlanNote(
                address, "instances take the new default image at their next launch, or now with --upgrade-images"))
    }

    private mutating func planSettings() throws {
        let address = Address.fleet(fleet)
        let stored = StoredSettings(settings, sources: desired.repository.sources.map(\.value))
        let json = try CanonicalJSON.encode(stored)
        // A row at revision 0 was only registered; nothing was applied yet.
        let before = recorded.fleet.flatMap { $0.settings.revision > 0 ? $0.settings : nil }
        guard json != before?.json else { return }
        try addDefinition(
            address, before: before, json: json, place: PlanBuilder.fileAndLine(desired.repository.settings.location),
            operation: .putSettings(stored))
    }

    private mutating func planDeployment(_ resolved: ResolvedDeployment) throws {
        let name = resolved.deployment.name
        let address = Address.deployment(name)
        let json = resolved.definitionJSON
        let before = recorded.definitions[address]
        require(address, [.user(resolved.user.email), .bot(resolved.spec.bot), .region(resolved.region)])
        if let schedule = resolved.schedule { require(address, [.schedule(schedule.name)]) }
        guard json != before?.json else { return }
        let planned = PlannedDeployment(
            deployment: resolved.deployment, region: resolved.region, nextTransition: try powers.next(resolved),
            movesCursor: try DeploymentContext(resolved, recorded: recorded, sources: sources).cursorMoves)
        try addDefinition(
            address, before: before, json: json, place: PlanBuilder.fileAndLine(resolved.location),
            operation: .putDeployment(planned))
    }

    private mutating func define(
        _ address: Address, _ value: some Encodable, at location: SourceLocation, as operation: Operation
    ) throws {
        try define(address, value, place: PlanBuilder.fileAndLine(location), as: operation)
    }

    private mutating func define(
        _ address: Address, _ value: some Encodable, place: String?, as operation: Operation
    ) throws {
        let json = try CanonicalJSON.encode(value)
        let before = recorded.definitions[address]
        guard json != before?.json else { return }
        try addDefinition(address, before: before, json: json, place: place, operation: operation)
    }

    private mutating func addDefinition(
        _ address: Address, before: RecordedDefinition?, json: String, place: String?, operation: Operation
    ) throws {
        let old = try before.map { try PlanBuilder.shown($0.json, address.kind) }
        let new = try PlanBuilder.shown(json, address.kind)
        try add(
            Change(
                address: address, action: old == nil ? .create : .update, systems: [.mysql],
                reason: old == nil ? "not recorded yet" : "its definition changed", location: place, before: old,
                after: new, operation: operation),
            revision: before?.revision)
    }

    /// A definition as a plan shows it; settings without the database, whose address is not recorded.
    private static func shown(_ json: String, _ kind: Address.Kind) throws -> JSONValue {
        let value = try CanonicalJSON.decode(JSONValue.self, from: json)
        guard kind == .fleet, case .object(var members) = value else { return value }
        members["database"] = nil
        return .object(members)
    }

    /// What is recorded and stands in no file any more.
    private mutating func planRemovedDefinitions() throws {
        let repository = desired.repository
        var wanted = Set(desired.bots.keys.map { Address.bot($0) })
        wanted.formUnion(repository.regions.map { .region($0.value.name) })
        wanted.formUnion(repository.users.map { .user($0.value.email) })
        wanted.formUnion(repository.schedules.map { .schedule($0.value.name) })
        wanted.formUnion(repository.deployments.map { .deployment($0.value.name) })
        for (address, definition) in recorded.definitions where !wanted.contains(address) {
            if address.kind == .region, regionIsNeeded(address.key) { continue }
            try add(
                Change(
                    address: address, action: .delete, systems: [.mysql], reason: "no file declares it",
                    before: try CanonicalJSON.decode(JSONValue.self, from: definition.json), operation: .delete),
                revision: definition.revision)
        }
    }

    /// A region stays recorded while somebody else's instances are listed in it.
    private func regionIsNeeded(_ region: String) -> Bool {
        recorded.instances.values.contains { !$0.managed && $0.region == region && $0.state.isAlive }
    }
}
