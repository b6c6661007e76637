import FleetModel

/// What AWS showed, by the ways in which planning looks things up.
struct ObservedIndex {
    private(set) var byID: [String: ObservedInstance] = [:]
    /// Instances that could be adopted, by their tag `Name`.
    private var byName: [String: [ObservedInstance]] = [:]
    private let fleet: String
    private let users: Set<String>
    /// Whose machine each id is, by the managed rows.
    private var owners: [String: String] = [:]

    init(_ observed: ObservedState, fleet: String, users: [Located<User>], recorded: RecordedState) {
        self.fleet = fleet
        self.users = Set(users.map(\.value.key))
        for row in recorded.instances.values where row.managed {
            if let id = row.instanceID { owners[id] = row.name }
        }
        byID.reserveCapacity(observed.regions.values.reduce(0) { $0 + $1.instances.count })
        for instance in observed.regions.values.lazy.flatMap(\.instances) {
            byID[instance.instanceID] = instance
            guard instance.state.isAlive, let name = instance.name, (instance.fleet ?? fleet) == fleet else { continue }
            byName[name, default: []].append(instance)
        }
    }

    /// Machines that stand for a declared name and may be taken over: the one its row names, else those that bear the
    /// name and are of this fleet by their tag, or of no fleet and a known user's. Never one that another row has.
    /// Only its row's own may be in another region.
    func candidates(named name: String, region: String, recordedID: String?) -> [ObservedInstance] {
        if let own = recordedID.flatMap({ byID[$0] }), own.state.isAlive,
            (own.fleet ?? fleet) == fleet
        {
            return [own]
        }
        guard let found = byName[name] else { return [] }
        return found.filter { instance in
            guard instance.region == region, (owners[instance.instanceID] ?? name) == name else { return false }
            if instance.fleet == fleet { return true }
            return instance.tags[Tag.userEmail].map { users.contains(User.key($0)) } ?? false
        }
    }
}
