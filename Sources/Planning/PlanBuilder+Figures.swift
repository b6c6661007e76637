import FleetModel

/// Running hours, cost, and the starts and stops that follow from a change of schedule.
extension PlanBuilder {
    /// Instance hours and USD of the next seven days, as recorded and as planned.
    mutating func weeklyFigures() throws -> (hours: Plan.BeforeAfter, cost: Plan.BeforeAfter?) {
        var before = Weekly(prices: settings.prices)
        var after = Weekly(prices: settings.prices)
        let recordedPower = try RecordedPower(recorded, sources)
        var unchanged = Set<String>()
        for item in resolved.deployments {
            let seconds = try powers.secondsPerWeek(item.deployment, user: item.user, schedule: item.schedule)
            after.add(seconds, count: item.deployment.count, type: item.spec.instanceTypes.first)
            let row = recorded.definitions[.deployment(item.deployment.name)]
            guard row?.json == item.definitionJSON, recordedPower.agrees(with: item) else { continue }
            unchanged.insert(item.deployment.name)
            let type = item.deployment.instanceTypes.first ?? recordedPower.defaultType ?? item.spec.instanceTypes.first
            before.add(seconds, count: item.deployment.count, type: type)
        }
        for (address, row) in recorded.definitions where address.kind == .deployment && !unchanged.contains(address.key)
        {
            let old = try CanonicalJSON.decode(Deployment.self, from: row.json)
            guard let user = recordedPower.users[User.key(old.user)] else { continue }
            var schedule: Schedule?
            if case .schedule(let name) = old.power { schedule = recordedPower.schedules[name] }
            let seconds = try powers.secondsPerWeek(old, user: user, schedule: schedule)
            before.add(seconds, count: old.count, type: old.instanceTypes.first ?? recordedPower.defaultType)
        }
        let hours = Plan.BeforeAfter(before: before.hours, after: after.hours)
        let cost = settings.prices.isEmpty ? nil : Plan.BeforeAfter(before: before.cost, after: after.cost)
        return (hours, cost)
    }

    /// The next seven days of each deployment whose power changes its explanation.
    func upcomingTransitions() throws -> [Plan.Upcoming] {
        guard changes.contains(where: { Self.explainsPower.contains($0.address.kind) }) else { return [] }
        var result: [Plan.Upcoming] = []
        for item in resolved.deployments where item.schedule != nil || item.deployment.hold != nil {
            let context = try DeploymentContext(item, recorded: recorded, sources: sources)
            guard context.cursorMoves, item.deployment.count > 0 else { continue }
            let address = Address.deployment(item.deployment.name)
            result.append(
                Plan.Upcoming(address: address, timezone: item.timezone, transitions: try powers.upcoming(item)))
        }
        return result.sorted { $0.address < $1.address }
    }

    private static let explainsPower: Set<Address.Kind> = [.schedule, .deployment, .user]
}

/// Sums of a week.
private struct Weekly {
    let prices: [String: Double]
    private var seconds = 0
    /// By instance type, where it has a price.
    private var priced: [String: Int] = [:]

    init(prices: [String: Double]) { self.prices = prices }

    var hours: Double { Weekly.rounded(Double(seconds) / 3600) }
    /// Summed in the order of the types' names: floating point depends on it.
    var cost: Double {
        let dollars = priced.sorted { $0.key < $1.key }.reduce(0) { $0 + Double($1.value) * (prices[$1.key] ?? 0) }
        return Weekly.rounded(dollars / 3600)
    }

    mutating func add(_ each: Int, count: Int, type: String?) {
        seconds += each * count
        if let type, prices[type] != nil { priced[type, default: 0] += each * count }
    }

    /// To hundredths.
    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// What explains recorded deployments' power and cost.
private struct RecordedPower {
    let users: [String: User]
    let schedules: [String: Schedule]
    private(set) var defaultType: String?

    init(_ recorded: RecordedState, _ sources: PowerSources) throws {
        users = sources.recordedUsers
        schedules = sources.recordedSchedules
        // A row at revision 0 was only registered; nothing was applied yet.
        if let settings = recorded.fleet?.settings, settings.revision > 0 {
            defaultType = try CanonicalJSON.decode(StoredSettings.self, from: settings.json).settings.defaults
                .instanceType
        }
    }

    /// Whether what explains a deployment's power is recorded as it stands in the files.
    func agrees(with item: ResolvedDeployment) -> Bool {
        guard let user = users[item.user.key], user.status == item.user.status, user.timezone == item.user.timezone
        else { return false }
        return item.schedule.map { schedules[$0.name] == $0 } ?? true
    }
}
