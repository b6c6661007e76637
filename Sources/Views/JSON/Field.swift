import FleetModel

/// A member of a JSON object that keeps its place: lists show the keys in the order in which the manual names them.
public struct Field: Hashable, Sendable {
    /// In snake_case.
    public var key: String
    /// Its value; null is written, not left out.
    public var value: JSONValue

    /// A member.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }

    /// A text member; nil is null.
    public init(_ key: String, _ text: String?) { self.init(key, text.map { .string($0) } ?? .null) }

    /// A whole number; nil is null.
    public init(_ key: String, _ number: Int?) { self.init(key, number.map { .integer($0) } ?? .null) }

    /// A boolean.
    public init(_ key: String, _ flag: Bool) { self.init(key, .boolean(flag)) }

    /// A moment in RFC 3339, UTC; nil is null.
    public init(_ key: String, _ instant: Instant?) { self.init(key, instant?.description) }
}

extension [Field] {
    /// The same as a value whose members have no order.
    var object: JSONValue {
        .object(Dictionary(map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }
}
