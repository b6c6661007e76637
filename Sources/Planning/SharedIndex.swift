import FleetModel

/// The security groups and key pairs that AWS showed, by the ways in which planning looks them up.
struct SharedIndex {
    private struct Place: Hashable {
        var region: String
        var name: String
    }

    /// `FILE:LINE` of each user, by key.
    let places: [String: String]
    private let fleet: String
    private var groupsByID: [Place: ObservedSecurityGroup] = [:]
    /// Of this fleet by their tag; more than one where several VPCs have one.
    private var groupsByName: [Place: [ObservedSecurityGroup]] = [:]
    private var keyPairs: [Place: ObservedKeyPair] = [:]

    init(_ observed: ObservedState, _ users: [Located<User>], fleet: String) {
        self.fleet = fleet
        places = Dictionary(
            users.map { ($0.value.key, PlanBuilder.fileAndLine($0.location)) }, uniquingKeysWith: { first, _ in first })
        for (region, seen) in observed.regions {
            for group in seen.securityGroups {
                groupsByID[Place(region: region, name: group.groupID)] = group
                guard group.tags[Tag.fleet] == fleet else { continue }
                groupsByName[Place(region: region, name: group.name), default: []].append(group)
            }
            for pair in seen.keyPairs { keyPairs[Place(region: region, name: pair.name)] = pair }
        }
    }

    /// The group that stands for a user in a region: the recorded one, else one of this fleet's tags and name in the
    /// right VPC.
    func group(for spec: SecurityGroupSpec, _ row: RecordedSecurityGroup?) -> ObservedSecurityGroup? {
        let fits = { (group: ObservedSecurityGroup) in spec.vpc == nil || group.vpcID == spec.vpc }
        if let row {
            let group = groupsByID[Place(region: spec.region, name: row.groupID)]
            return group.flatMap { fits($0) && ($0.tags[Tag.fleet] ?? fleet) == fleet ? $0 : nil }
        }
        let name = ResourceNames.group(fleet: fleet, user: spec.user)
        return groupsByName[Place(region: spec.region, name: name)]?.filter(fits).min { $0.groupID < $1.groupID }
    }

    /// The key pair that stands for a user in a region: the recorded one, else one of this fleet's tag and name.
    func keyPair(for spec: KeyPairSpec, _ row: RecordedKeyPair?) -> ObservedKeyPair? {
        let name = row?.keyName ?? ResourceNames.group(fleet: fleet, user: spec.user)
        guard let pair = keyPairs[Place(region: spec.region, name: name)] else { return nil }
        let owner = row == nil ? pair.tags[Tag.fleet] : pair.tags[Tag.fleet] ?? fleet
        return owner == fleet ? pair : nil
    }

    func groupTags(_ id: String, region: String) -> [String: String]? {
        groupsByID[Place(region: region, name: id)]?.tags
    }

    func keyTags(_ name: String, region: String) -> [String: String]? {
        keyPairs[Place(region: region, name: name)]?.tags
    }
}
