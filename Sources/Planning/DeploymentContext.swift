import FleetModel

/// A deployment's part in planning its instances: what was recorded of it, and what that means for them.
struct DeploymentContext {
    let resolved: ResolvedDeployment
    /// `FILE:LINE`.
    let location: String
    /// Whether its own definition differs from the recorded one, or none is recorded.
    let isChanged: Bool
    /// Whether what explains its power changed, so that apply brings it to what is wanted now (SPEC 2).
    let cursorMoves: Bool

    var name: String { resolved.deployment.name }
    var spec: InstanceSpec { resolved.spec }

    init(_ resolved: ResolvedDeployment, recorded: RecordedState, sources: PowerSources) throws {
        self.resolved = resolved
        self.location = PlanBuilder.fileAndLine(resolved.location)
        let before = recorded.definitions[.deployment(resolved.deployment.name)]
        self.isChanged = before?.json != resolved.definitionJSON
        var moves = before == nil || sources.movePower(of: resolved)
        if let before, before.json != resolved.definitionJSON {
            let old = try CanonicalJSON.decode(Deployment.self, from: before.json)
            let new = resolved.deployment
            moves = moves || old.power != new.power || old.hold != new.hold || old.user != new.user
        }
        self.cursorMoves = moves
    }

    /// What an instance was made from; nil for a row without one.
    func recordedSpec(_ row: RecordedInstance) throws -> InstanceSpec? {
        guard let json = row.spec else { return nil }
        return json == resolved.specJSON ? resolved.spec : try CanonicalJSON.decode(InstanceSpec.self, from: json)
    }
}

/// The schedules and users whose part in deciding power differs from what is recorded.
struct PowerSources {
    private(set) var schedules: Set<String> = []
    /// Users who were suspended or are active again.
    private(set) var statuses: Set<String> = []
    private(set) var timezones: Set<String> = []
    /// Users whose deployments go elsewhere by default; that is no part of power, but recorded beside it.
    private(set) var regions: Set<String> = []

    /// Users and schedules as they are recorded, by key and by name.
    private(set) var recordedUsers: [String: User] = [:]
    private(set) var recordedSchedules: [String: Schedule] = [:]

    init(_ desired: DesiredState, _ recorded: RecordedState) throws {
        // Equal texts are equal values, and comparing them is much cheaper than reading them.
        for schedule in desired.repository.schedules.map(\.value) {
            let row = recorded.definitions[.schedule(schedule.name)]
            let isSame = try row?.json == CanonicalJSON.encode(schedule)
            let old = isSame ? schedule : try row.map { try CanonicalJSON.decode(Schedule.self, from: $0.json) }
            recordedSchedules[schedule.name] = old
            if old != schedule { schedules.insert(schedule.name) }
        }
        for user in desired.repository.users.map(\.value) {
            let key = user.key
            let row = recorded.definitions[Address(.user, key)]
            let isSame = try row?.json == CanonicalJSON.encode(user)
            let old = isSame ? user : try row.map { try CanonicalJSON.decode(User.self, from: $0.json) }
            recordedUsers[key] = old
            if old?.status != user.status { statuses.insert(key) }
            if old?.timezone != user.timezone { timezones.insert(key) }
            if old?.region != user.region { regions.insert(key) }
        }
        try addRemoved(recorded)
    }

    /// What stands in no file any more still explains what is recorded.
    private mutating func addRemoved(_ recorded: RecordedState) throws {
        for (address, row) in recorded.definitions {
            if address.kind == .user, recordedUsers[address.key] == nil {
                recordedUsers[address.key] = try CanonicalJSON.decode(User.self, from: row.json)
            } else if address.kind == .schedule, recordedSchedules[address.key] == nil {
                recordedSchedules[address.key] = try CanonicalJSON.decode(Schedule.self, from: row.json)
            }
        }
    }

    /// Whether what explains a deployment's power changed outside its own file. A user's zone is nothing to a schedule
    /// that has its own.
    func movePower(of resolved: ResolvedDeployment) -> Bool {
        let user = resolved.user.key
        if statuses.contains(user) { return true }
        if let schedule = resolved.schedule, schedules.contains(schedule.name) { return true }
        return timezones.contains(user) && resolved.schedule?.timezone == nil
    }

    /// Whether a change of its user changes what is recorded of a deployment.
    func userMoves(_ resolved: ResolvedDeployment) -> Bool {
        let user = resolved.user.key
        return statuses.contains(user) || (timezones.contains(user) && resolved.schedule?.timezone == nil)
            || (regions.contains(user) && resolved.deployment.region == nil)
    }
}
