import Diagnostics
import FleetModel

/// Security groups, key pairs and bundles: what instances share.
extension PlanBuilder {
    mutating func planSharedResources() throws {
        let index = SharedIndex(observed, desired.repository.users, fleet: fleet)
        for (address, spec) in resolved.securityGroups { try planSecurityGroup(address, spec, index) }
        for (address, spec) in resolved.keyPairs { try planKeyPair(address, spec, index) }
        for (bot, bundle) in desired.bundles { try planBundle(bot, bundle) }
        try planRemovedShared(index)
    }

    // MARK: Security groups

    private mutating func planSecurityGroup(
        _ address: Address, _ spec: SecurityGroupSpec, _ index: SharedIndex
    ) throws {
        require(address, [.user(spec.user), .region(spec.region)])
        let row = recorded.securityGroups[address]
        let there = index.group(for: spec, row)
        let place = index.places[spec.user]
        guard let group = there else {
            if row != nil {
                drift.append(
                    Drift(
                        address: address, attribute: "group", recorded: .string(row?.groupID ?? ""), observed: .null,
                        fixed: true, location: place))
            }
            let operation = SecurityGroupOperation(spec: spec, groupID: nil, add: spec.rules.sorted(), remove: [])
            try add(
                Change(
                    address: address, action: .create, systems: [.aws, .mysql],
                    reason: row == nil ? "its user has instances in \(spec.region)" : "AWS has it no more",
                    location: place, after: PlanBuilder.shown(spec), operation: .putSecurityGroup(operation)),
                revision: row?.definition.revision)
            return
        }
        noteForeignRules(of: group, address, place)
        let tags = ResourceNames.sharedTags(fleet: fleet, user: spec.user).filter { group.tags[$0.key] != $0.value }
        let operation = SecurityGroupOperation(
            spec: spec, groupID: group.groupID, add: spec.rules.subtracting(group.rules).sorted(),
            remove: group.rules.subtracting(spec.rules).sorted(), tags: tags)
        let isUnchanged = try row.map { try isApplied(spec, $0.definition) && $0.groupID == group.groupID } ?? false
        let matches = operation.add.isEmpty && operation.remove.isEmpty && tags.isEmpty
        if isUnchanged && matches { return }
        var before = spec
        before.rules = group.rules
        if isUnchanged {
            drift.append(
                Drift(
                    address: address, attribute: tags.isEmpty ? "rules" : "tags", recorded: PlanBuilder.shown(spec),
                    observed: tags.isEmpty ? PlanBuilder.shown(before) : .object(group.tags.mapValues { .string($0) }),
                    fixed: true, location: place))
        }
        try add(
            Change(
                address: address, action: row == nil ? .adopt : .update, systems: matches ? [.mysql] : [.aws, .mysql],
                reason: row == nil ? "found by its tags" : isUnchanged ? "it was changed by hand" : "its rules changed",
                location: place, before: PlanBuilder.shown(before), after: PlanBuilder.shown(spec),
                operation: .putSecurityGroup(operation)),
            revision: row?.definition.revision,
            seen: ([group.groupID] + tags.keys.sorted().map { "\($0)=\(group.tags[$0] ?? "")" }).joined(separator: "|"))
    }

    /// Equal texts are equal values; rows of earlier versions may have the same rules in another order.
    private func isApplied(_ spec: SecurityGroupSpec, _ definition: RecordedDefinition) throws -> Bool {
        if try definition.json == CanonicalJSON.encode(spec) { return true }
        return try CanonicalJSON.decode(SecurityGroupSpec.self, from: definition.json) == spec
    }

    private mutating func noteForeignRules(of group: ObservedSecurityGroup, _ address: Address, _ place: String?) {
        guard !group.foreignRules.isEmpty else { return }
        drift.append(
            Drift(
                address: address, attribute: "other_rules", recorded: .array([]),
                observed: .array(group.foreignRules.sorted().map { .string($0) }), fixed: false, location: place))
    }

    /// A group's rules as a plan shows them: `22 from 203.0.113.7/32`.
    static func shown(_ spec: SecurityGroupSpec) -> JSONValue {
        [
            "vpc": spec.vpc.map { .string($0) } ?? .null,
            "rules": .array(spec.rules.sorted().map { .string("\($0.port) from \($0.source)") }),
        ]
    }

    // MARK: Key pairs

    private mutating func planKeyPair(_ address: Address, _ spec: KeyPairSpec, _ index: SharedIndex) throws {
        require(address, [.user(spec.user), .region(spec.region)])
        let row = recorded.keyPairs[address]
        let name = ResourceNames.group(fleet: fleet, user: spec.user)
        let there = index.keyPair(for: spec, row)
        let json = try CanonicalJSON.encode(spec)
        guard row?.definition.json != json || there == nil else { return }
        let place = index.places[spec.user]
        if row != nil, there == nil {
            drift.append(
                Drift(
                    address: address, attribute: "key", recorded: .string(name), observed: .null, fixed: true,
                    location: place))
        }
        let before = try row.map { try CanonicalJSON.decode(JSONValue.self, from: $0.definition.json) }
        let operation = KeyPairOperation(spec: spec, keyName: name, replaces: there != nil)
        try add(
            Change(
                address: address, action: before == nil ? .create : .update, systems: [.aws, .mysql],
                reason: row == nil
                    ? "its user has a key and instances in \(spec.region)"
                    : there == nil ? "AWS has it no more" : "the user's key changed",
                location: place, before: before,
                after: try CanonicalJSON.decode(JSONValue.self, from: json), operation: .putKeyPair(operation)),
            revision: row?.definition.revision, seen: there?.keyPairID ?? "")
        if row != nil, there != nil {
            notes.append(PlanNote(address, "instances take the new key at their next launch"))
        }
    }

    // MARK: Bundles

    private mutating func planBundle(_ bot: String, _ bundle: RecordedBundle) throws {
        let address = Address.bundle(bot)
        require(address, [.bot(bot)])
        let before = recorded.bundles[bot]
        guard before?.digest != bundle.digest else { return }
        try add(
            Change(
                address: address, action: before == nil ? .create : .update, systems: [.aws, .mysql],
                reason: before == nil ? "not uploaded yet" : "the bot's files changed",
                location: desired.botLocations[bot], before: before.map(PlanBuilder.shown),
                after: PlanBuilder.shown(bundle), operation: .putBundle(bot: bot, bundle)),
            revision: nil)
    }

    private static func shown(_ bundle: RecordedBundle) -> JSONValue {
        ["sha256": .string(bundle.digest), "size": .integer(bundle.size)]
    }

    // MARK: What goes

    private mutating func planRemovedShared(_ index: SharedIndex) throws {
        // What an unresolved deployment needs is not known: its error stands, and nothing goes.
        guard !resolved.diagnostics.hasErrors else { return }
        for (address, row) in recorded.securityGroups where resolved.securityGroups[address] == nil {
            guard let (region, _) = address.regionAndUser else { continue }
            if noteForeign(address, row.groupID, index.groupTags(row.groupID, region: region)) { continue }
            try remove(address, row.definition, .deleteSecurityGroup(region: region, groupID: row.groupID))
        }
        for (address, row) in recorded.keyPairs where resolved.keyPairs[address] == nil {
            guard let (region, _) = address.regionAndUser else { continue }
            if noteForeign(address, row.keyName, index.keyTags(row.keyName, region: region)) { continue }
            try remove(address, row.definition, .deleteKeyPair(region: region, keyName: row.keyName))
        }
        let kept = Set(desired.bundles.values.map(\.digest))
        for (bot, bundle) in recorded.bundles where desired.bundles[bot] == nil {
            try add(
                Change(
                    address: .bundle(bot), action: .delete, systems: [.aws, .mysql], reason: "no deployment uses it",
                    before: PlanBuilder.shown(bundle),
                    operation: .deleteBundle(bundle, objectIsShared: kept.contains(bundle.digest))),
                revision: nil)
        }
    }

    private mutating func remove(_ address: Address, _ definition: RecordedDefinition, _ operation: Operation) throws {
        try add(
            Change(
                address: address, action: .delete, systems: [.aws, .mysql], reason: "no instance needs it",
                before: try CanonicalJSON.decode(JSONValue.self, from: definition.json), operation: operation),
            revision: definition.revision)
    }

    /// Says so where something recorded bears another fleet's tag now, and is left alone.
    private mutating func noteForeign(_ address: Address, _ id: String, _ tags: [String: String]?) -> Bool {
        guard let owner = tags?[Tag.fleet], owner != fleet else { return false }
        notes.append(PlanNote(address, "\(id) now belongs to fleet '\(owner)'; it is left alone"))
        return true
    }
}
