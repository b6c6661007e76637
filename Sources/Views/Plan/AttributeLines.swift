import FleetModel

/// The attributes of a change as lines: what differs, old → new, and how much does not.
struct AttributeLines {
    /// Cells of a line; a longer `old → new` takes two.
    let width: Int
    private(set) var lines: [BodyLine] = []

    /// The most elements of a list that are shown.
    private static let mostElements = 60
    /// Deeper values are shown in one line.
    private static let deepest = 6
    /// Longer lists are compared as sets: a difference in order costs their product.
    private static let longestOrdered = 200

    init(width: Int) { self.width = width }

    /// All members of something that comes or goes; those without a value are left out.
    mutating func addAll(_ members: [String: JSONValue], _ sign: BodyLine.Sign, depth: Int) {
        let shown = members.filter { $0.value != .null }
        let column = nameWidth(of: shown.keys)
        for (name, value) in sorted(shown) { add(name, value, sign, depth: depth, column: column) }
    }

    /// What differs between two objects, and how many members do not.
    mutating func addDifference(_ old: [String: JSONValue], _ new: [String: JSONValue], depth: Int) {
        let names = Set(old.keys).union(new.keys).filter { (old[$0] ?? .null) != .null || (new[$0] ?? .null) != .null }
        let changed = names.filter { (old[$0] ?? .null) != (new[$0] ?? .null) }
        let column = nameWidth(of: changed)
        for name in changed.sorted(by: NaturalOrder.precedes) {
            addDifference(name, old[name] ?? .null, new[name] ?? .null, depth: depth, column: column)
        }
        addHidden(names.count - changed.count, "attribute", depth: depth)
    }

    /// One attribute that differs. `column` is the width of the names beside it.
    mutating func addDifference(_ name: String, _ old: JSONValue, _ new: JSONValue, depth: Int, column: Int = 0) {
        if old == .null { return add(name, new, .add, depth: depth, column: column) }
        if new == .null { return add(name, old, .remove, depth: depth, column: column) }
        let key = CellWidth.padded(ValueText.key(name), to: column)
        if case .object(let before) = old, case .object(let after) = new, depth < Self.deepest,
            SecretReference(old) == nil, SecretReference(new) == nil
        {
            append(.change, depth, "\(key) = {")
            addDifference(before, after, depth: depth + 1)
            append(.none, depth, "}")
        } else if case .array(let before) = old, case .array(let after) = new, depth < Self.deepest {
            append(.change, depth, "\(key) = [")
            addElements(before, after, depth: depth + 1)
            append(.none, depth, "]")
        } else {
            let (before, after) = ValueText.pair(old, new)
            if width == .max || 4 * depth + 10 + CellWidth.of(key) + CellWidth.of(before) + CellWidth.of(after) <= width
            {
                append(.change, depth, "\(key) = \(before) → \(after)")
            } else {
                append(.change, depth, "\(key) = \(before)")
                append(.none, depth, String(repeating: " ", count: min(40, CellWidth.of(key)) + 1) + "→ \(after)")
            }
        }
    }

    // MARK: Parts

    private mutating func add(_ name: String, _ value: JSONValue, _ sign: BodyLine.Sign, depth: Int, column: Int) {
        let key = CellWidth.padded(ValueText.key(name), to: column)
        switch value {
        case .object(let members) where !members.isEmpty && SecretReference(value) == nil && depth < Self.deepest:
            append(sign, depth, "\(key) = {")
            addAll(members, sign, depth: depth + 1)
            append(.none, depth, "}")
        case .array(let elements) where depth < Self.deepest && !fits(value, key, depth):
            append(sign, depth, "\(key) = [")
            for element in elements.prefix(Self.mostElements) { append(sign, depth + 1, ValueText.bounded(element)) }
            addRest(elements.count - Self.mostElements, depth: depth + 1)
            append(.none, depth, "]")
        case .null, .boolean, .integer, .number, .string, .array, .object:
            append(sign, depth, "\(key) = \(ValueText.bounded(value))")
        }
    }

    private mutating func addElements(_ old: [JSONValue], _ new: [JSONValue], depth: Int) {
        let changes = Self.difference(old, new)
        for change in changes.prefix(Self.mostElements) { append(change.sign, depth, ValueText.bounded(change.value)) }
        addRest(changes.count - Self.mostElements, depth: depth)
        addHidden(old.count - changes.count { $0.sign == .remove }, "element", depth: depth)
    }

    /// What went and what came, in the order of the lists.
    private static func difference(_ old: [JSONValue], _ new: [JSONValue]) -> [(sign: BodyLine.Sign, value: JSONValue)]
    {
        guard old.count <= longestOrdered, new.count <= longestOrdered else {
            let before = Set(old)
            let after = Set(new)
            return old.filter { !after.contains($0) }.map { (.remove, $0) }
                + new.filter { !before.contains($0) }.map { (.add, $0) }
        }
        return new.difference(from: old).map { change in
            switch change {
            case .remove(_, let element, _): (.remove, element)
            case .insert(_, let element, _): (.add, element)
            }
        }
    }

    private mutating func addHidden(_ count: Int, _ what: String, depth: Int) {
        guard count > 0 else { return }
        append(.comment, depth, "(\(Wording.count(count, "unchanged \(what)")) hidden)")
    }

    private mutating func addRest(_ count: Int, depth: Int) {
        if count > 0 { append(.comment, depth, "(\(count) more)") }
    }

    private mutating func append(_ sign: BodyLine.Sign, _ depth: Int, _ text: String) {
        lines.append(BodyLine(sign: sign, depth: depth, text: text))
    }

    private func fits(_ value: JSONValue, _ key: String, _ depth: Int) -> Bool {
        4 * depth + 7 + CellWidth.of(key) + CellWidth.of(ValueText.inline(value)) <= min(width, ValueText.limit)
    }

    private func nameWidth(of names: some Sequence<String>) -> Int {
        // A name longer than others bear is not what they are aligned to.
        min(40, names.reduce(0) { max($0, CellWidth.of(ValueText.key($1))) })
    }

    private func sorted(_ members: [String: JSONValue]) -> [(String, JSONValue)] {
        members.sorted { NaturalOrder.precedes($0.key, $1.key) }.map { ($0.key, $0.value) }
    }
}
