import FleetModel

/// One instance's attributes compared three ways: wanted now, applied last, and seen in AWS.
struct InstanceComparison {
    /// An attribute that somebody changed in AWS.
    struct Finding {
        var attribute: String
        var recorded: JSONValue
        var observed: JSONValue
        /// false for what AWS cannot undo.
        var isFixable = true
    }

    let row: RecordedInstance
    let old: InstanceSpec
    let new: InstanceSpec
    let seen: ObservedInstance
    let deployment: String
    let fleet: String
    /// The id of the user's security group; nil while there is none.
    let group: String?
    /// Whether hand-made changes are undone.
    let fixes: Bool
    /// Whether its region's instances belong into another VPC now; it stays in its own, with the group there, until its next launch.
    let isInOtherVPC: Bool

    private(set) var update = InstanceUpdate(instanceID: nil)
    private(set) var drift: [Finding] = []
    private(set) var reasons: [String] = []
    /// The GiB that it has where fewer are wanted.
    private(set) var shrink: Int?
    private var handMade: [String: (before: JSONValue, after: JSONValue)] = [:]

    init(
        row: RecordedInstance, old: InstanceSpec, new: InstanceSpec, seen: ObservedInstance, deployment: String,
        fleet: String, group: String?, fixes: Bool, isInOtherVPC: Bool = false
    ) {
        self.row = row
        self.old = old
        self.new = new
        self.seen = seen
        self.deployment = deployment
        self.fleet = fleet
        self.group = group
        self.fixes = fixes
        self.isInOtherVPC = isInOtherVPC
    }

    mutating func compare() {
        update.instanceID = seen.instanceID
        compareWork()
        compareType()
        compareStorage()
        compareTags()
        compareGroup()
        compareProfile()
    }

    /// Why it is updated, in a few words.
    var reason: String {
        if !reasons.isEmpty { return reasons.joined(separator: ", ") }
        return handMade.isEmpty ? "its definition changed" : "it was changed by hand"
    }

    /// What was seen of it, for the fingerprint: managed attributes alone.
    var fingerprint: String {
        InstanceComparison.fingerprint(of: seen, fleet: fleet, name: row.name, deployment: deployment, user: new.user)
    }

    static func fingerprint(
        of seen: ObservedInstance, fleet: String, name: String, deployment: String, user: String
    ) -> String {
        let tags = ResourceNames.managedTags(fleet: fleet, name: name, deployment: deployment, user: user).keys.sorted()
            .map { "\($0)=\(seen.tags[$0] ?? "")" }
        let machine = [seen.instanceID, seen.instanceType, seen.instanceProfileARN ?? ""]
        return (machine + seen.securityGroupIDs.sorted() + tags).joined(separator: "|")
    }

    /// Shows hand-made changes beside those of the definition.
    func show(in before: inout JSONValue, and after: inout JSONValue) {
        for (attribute, values) in handMade {
            before.set(attribute, values.before)
            after.set(attribute, values.after)
        }
    }

    private mutating func compareWork() {
        var changed: [String] = []
        if old.parameters != new.parameters { changed.append("parameters") }
        if old.bot != new.bot { changed.append("bot") }
        if old.bot == new.bot, old.bundle != new.bundle || old.script != new.script { changed.append("bundle") }
        if old.bootScript != new.bootScript { changed.append("boot script") }
        if old.user != new.user { changed.append("user") }
        guard !changed.isEmpty else { return }
        update.writesParameters = true
        reasons.append("\(changed.joined(separator: ", ")) changed")
    }

    private mutating func compareType() {
        guard !new.instanceTypes.contains(seen.instanceType), let wanted = new.instanceTypes.first else { return }
        if old.instanceTypes != new.instanceTypes {
            update.instanceType = wanted
            reasons.append("instance type changed")
        } else {
            found("instance_type", wanted: .string(wanted), seen: .string(seen.instanceType))
            if fixes { update.instanceType = wanted }
        }
    }

    private mutating func compareStorage() {
        let actual = row.storageGB ?? old.storageGB
        if new.storageGB > actual {
            update.storageGB = new.storageGB
            reasons.append("storage grows")
        } else if new.storageGB < actual, new.storageGB < old.storageGB {
            shrink = actual
        } else if new.storageGB < actual {
            // Somebody grew the volume, and EBS takes nothing back.
            drift.append(
                Finding(
                    attribute: "storage_gb", recorded: .integer(new.storageGB), observed: .integer(actual),
                    isFixable: false))
        }
    }

    private mutating func compareTags() {
        let wanted = ResourceNames.managedTags(fleet: fleet, name: row.name, deployment: deployment, user: new.user)
        let applied = ResourceNames.managedTags(
            fleet: fleet, name: row.name, deployment: row.deployment ?? deployment, user: old.user)
        for (key, value) in wanted where seen.tags[key] != value {
            if applied[key] == value {
                found("tags.\(key)", wanted: .string(value), seen: seen.tags[key].map { .string($0) } ?? .null)
                guard fixes else { continue }
            }
            update.tags[key] = value
        }
    }

    private mutating func compareGroup() {
        // EC2 takes only groups of the instance's own VPC.
        guard !isInOtherVPC else { return }
        guard old.user == new.user else {
            update.setsSecurityGroup = true
            return
        }
        // While the group itself is being made anew, its instances get the new one.
        guard let group else {
            update.setsSecurityGroup = true
            return
        }
        guard seen.securityGroupIDs != [group] else { return }
        found(
            "security_groups", wanted: [.string(group)], seen: .array(seen.securityGroupIDs.map { .string($0) }))
        if fixes { update.setsSecurityGroup = true }
    }

    private mutating func compareProfile() {
        guard let wanted = new.instanceProfile else { return }
        guard !InstanceComparison.isProfile(seen.instanceProfileARN, wanted) else { return }
        let name = seen.instanceProfileARN?.split(separator: "/").last.map(String.init)
        if old.instanceProfile != new.instanceProfile {
            update.instanceProfile = wanted
            reasons.append("instance profile changed")
        } else {
            found("instance_profile", wanted: .string(wanted), seen: name.map { .string($0) } ?? .null)
            if fixes { update.instanceProfile = wanted }
        }
    }

    /// Whether an ARN is that of a profile given by its name, path or ARN.
    static func isProfile(_ arn: String?, _ wanted: String) -> Bool {
        if arn == wanted { return true }
        guard let arn else { return false }
        return arn.utf8.split(separator: UInt8(ascii: "/")).last?.elementsEqual(
            wanted.utf8.split(separator: UInt8(ascii: "/")).last ?? wanted.utf8[...]) ?? false
    }

    private mutating func found(_ attribute: String, wanted: JSONValue, seen: JSONValue) {
        drift.append(Finding(attribute: attribute, recorded: wanted, observed: seen))
        if fixes { handMade[attribute] = (before: seen, after: wanted) }
    }
}
