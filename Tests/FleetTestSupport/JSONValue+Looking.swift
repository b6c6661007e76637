import FleetModel

extension JSONValue {
    /// The elements of an array; none for other values.
    public var list: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The value that steps lead to, `json.at("Reservations", 0, "Instances")`: nil where one leads nowhere.
    public func at(_ steps: any JSONStep...) -> JSONValue? {
        steps.reduce(self) { value, step in value.flatMap { step.taken(from: $0) } }
    }
}

/// A step into JSON: a member's name or an element's index.
public protocol JSONStep: Sendable {
    /// The value that the step leads to from `value`; nil where there is none.
    func taken(from value: JSONValue) -> JSONValue?
}

extension String: JSONStep {
    /// The member of this name.
    public func taken(from value: JSONValue) -> JSONValue? { value[self] }
}

extension Int: JSONStep {
    /// The element at this index.
    public func taken(from value: JSONValue) -> JSONValue? {
        value.list.indices.contains(self) ? value.list[self] : nil
    }
}
