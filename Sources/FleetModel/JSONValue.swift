import FoundationEssentials

/// Any JSON value: what a plan shows as before and after, and what a journaled request holds.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// A number without a fraction that fits 64 bits.
    case integer(Int)
    /// Any other number; never a NaN or an infinity, which JSON can't write.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// Without order; ``CanonicalJSON`` writes the keys sorted.
    case object([String: JSONValue])

    /// The member of an object; nil for other values and for members that are not there.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text of a string; nil for other values.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}

extension JSONValue: Codable {
    /// Reads any JSON, whole numbers as integers.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // tried in turn: JSON tells its types only by trying
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {  // as above
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {  // as above
            self = .number(value)
        } else if let value = try? container.decode(String.self) {  // as above
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {  // as above
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Writes the value as plain JSON, without a wrapper.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// `"text"` as a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// `3` as an integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// `true` and `false` as booleans.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// `[a, b]` as an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// `["key": value]` as an object; of a key written twice the last value stands.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
    /// `nil` as JSON's null.
    public init(nilLiteral: ()) { self = .null }
}

/// JSON in one form only: keys sorted, no spaces, slashes as they are; so equal values are equal texts.
public enum CanonicalJSON {
    /// The canonical text of a value.
    public static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Reads a value from JSON text.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
