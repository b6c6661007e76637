import FleetModel
import Planning

/// The parts of a plan as lines that both the text form and pull requests show.
struct PlanBody {
    let plan: Plan
    let width: Int

    /// A block of lines a change, equal ones of a deployment's instances in one.
    var changes: [[BodyLine]] {
        AddressGroup.collapse(plan.changes, address: \.address, key: ChangeKey.init).map(block)
    }

    /// A block of lines an address that somebody changed in AWS.
    var drift: [[BodyLine]] {
        var addresses: [Address] = []
        var found: [Address: [Drift]] = [:]
        for drift in plan.drift {
            if found[drift.address] == nil { addresses.append(drift.address) }
            found[drift.address, default: []].append(drift)
        }
        let entries = addresses.map { (address: $0, drifts: found[$0] ?? []) }
        return AddressGroup.collapse(entries, address: \.address) { $0.drifts.map(DriftKey.init) }.map(block)
    }

    /// A line a note, those that differ in an instance's name alone in one.
    var notes: [String] {
        var seen: [PlanNote] = []
        var others: [PlanNote] = []
        for note in plan.notes { if note.address?.kind == .instance { seen.append(note) } else { others.append(note) } }
        let groups = AddressGroup.collapse(seen, address: { $0.address ?? .instance("") }) { note in
            ChangeKey.withoutNames(note.message, of: note.address)
        }
        return others.map { note in
            (note.address.map { "\(SafeText.line($0.description)): " } ?? "") + SafeText.line(note.message)
        } + groups.compactMap { group in group.items.first.map { "\(group.title): \(SafeText.line($0.message))" } }
    }

    // MARK: Blocks

    private func block(_ group: AddressGroup<Change>) -> [BodyLine] {
        guard let change = group.items.first else { return [] }
        let isOne = group.items.count == 1
        let reason = SafeText.line(isOne ? change.reason : ChangeKey.withoutIDs(change.reason))
        var lines = [
            BodyLine(
                sign: .comment, depth: 0, text: "\(group.title) will be \(change.action.participle) (\(reason))",
                isHeader: true)
        ]
        if let remark = remark(on: change, isOne: isOne) {
            lines.append(BodyLine(sign: .comment, depth: 0, text: remark))
        }
        let names = isOne ? [change.address.key] : [group.addresses.first?.key ?? "", group.addresses.last?.key ?? ""]
        let title = "\(change.address.kind.rawValue) \(names.map(SafeText.quoted).joined(separator: " … "))"
        var body = AttributeLines(width: width)
        switch (ChangeKey.members(change.before), ChangeKey.members(change.after)) {
        case (nil, let after?): body.addAll(after, .add, depth: 1)
        case (let before?, nil): body.addAll(before, .remove, depth: 1)
        case (let before?, let after?): body.addDifference(before, after, depth: 1)
        case (nil, nil): break
        }
        lines.append(BodyLine(sign: change.action.sign, depth: 0, text: body.lines.isEmpty ? title : "\(title) {"))
        if !body.lines.isEmpty { lines += body.lines + [BodyLine(sign: .none, depth: 0, text: "}")] }
        return lines
    }

    /// Where a change comes from, which machine it is about, and that AWS is not touched where it is not.
    private func remark(on change: Change, isOne: Bool) -> String? {
        var parts: [String] = []
        if let location = change.location { parts.append(SafeText.line(location)) }
        if isOne, let id = change.before?[ChangeKey.identity]?.text { parts.append(SafeText.line(id)) }
        if change.address.kind == .instance, !change.systems.contains(.aws) {
            parts.append("recorded only, nothing in AWS")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func block(_ group: AddressGroup<(address: Address, drifts: [Drift])>) -> [BodyLine] {
        guard let drifts = group.items.first?.drifts else { return [] }
        var body = AttributeLines(width: width)
        let column = drifts.map { CellWidth.of(ValueText.key($0.attribute)) }.max() ?? 0
        for drift in drifts.sorted(by: { NaturalOrder.precedes($0.attribute, $1.attribute) }) {
            body.addDifference(drift.attribute, drift.recorded, drift.observed, depth: 0, column: column)
        }
        let fixed = drifts.count { $0.fixed }
        let fate =
            fixed == drifts.count ? "this plan undoes it" : fixed == 0 ? "left as it is" : "this plan undoes some of it"
        let place = drifts.lazy.compactMap(\.location).first.map { ", \(SafeText.line($0))" } ?? ""
        return [BodyLine(sign: .comment, depth: 0, text: "\(group.title)\(place): \(fate)", isHeader: true)]
            + body.lines
    }
}

/// What makes two instances' changes read the same: all but names and ids.
struct ChangeKey: Hashable {
    /// The attribute that tells machines apart; it stands in the block's head.
    static let identity = "instance_id"

    let action: Change.Action
    let reason: String
    let location: String?
    let systems: [Change.System]
    let before: [String: JSONValue]?
    let after: [String: JSONValue]?

    init(_ change: Change) {
        action = change.action
        reason = ChangeKey.withoutIDs(change.reason)
        location = change.location
        systems = change.systems
        before = ChangeKey.members(change.before)
        after = ChangeKey.members(change.after)
    }

    /// An object's members less the machine's id; nil for no object.
    static func members(_ value: JSONValue?) -> [String: JSONValue]? {
        guard case .object(var members)? = value else { return nil }
        members[identity] = nil
        return members
    }

    /// A text with `i-…` in place of EC2 instance ids.
    static func withoutIDs(_ text: String) -> String { text.replacing(#/\bi-[0-9a-f]{8,17}\b/#, with: "i-…") }

    /// A text with `NAME` in place of an address's key, and without ids.
    static func withoutNames(_ text: String, of address: Address?) -> String {
        guard let key = address?.key, !key.isEmpty else { return withoutIDs(text) }
        return withoutIDs(text.replacing(key, with: "NAME"))
    }
}

private struct DriftKey: Hashable {
    let attribute: String
    let recorded: JSONValue
    let observed: JSONValue
    let fixed: Bool
    let location: String?

    init(_ drift: Drift) {
        attribute = drift.attribute
        recorded = DriftKey.withoutIDs(drift.recorded)
        observed = DriftKey.withoutIDs(drift.observed)
        fixed = drift.fixed
        location = drift.location
    }

    private static func withoutIDs(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value else { return value }
        return .string(ChangeKey.withoutIDs(text))
    }
}
