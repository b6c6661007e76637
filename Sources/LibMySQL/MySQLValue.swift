/// One value that goes to the server as an argument or comes back in a column.
///
/// Text columns are `string`, columns of the binary character set (BLOB, VARBINARY) are `bytes`, DATETIME and TIMESTAMP
/// are `datetime`. DECIMAL, DATE and TIME come as `string`, as the server writes them.
@frozen
public enum MySQLValue: Sendable, Equatable {
    case null
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case datetime(MySQLDateTime)

    /// The value of an optional string; nil is NULL.
    public init(_ value: String?) { self = value.map(MySQLValue.string) ?? .null }

    /// The value of an optional integer; nil is NULL.
    public init(_ value: (some BinaryInteger & SignedInteger & Sendable)?) {
        self = value.map { .int(Int64($0)) } ?? .null
    }

    /// The value of an optional number; nil is NULL.
    public init(_ value: Double?) { self = value.map(MySQLValue.double) ?? .null }

    /// The value of an optional boolean, stored as 1 or 0; nil is NULL.
    public init(_ value: Bool?) { self = value.map { .int($0 ? 1 : 0) } ?? .null }

    /// The value of an optional byte string; nil is NULL.
    public init(_ value: [UInt8]?) { self = value.map(MySQLValue.bytes) ?? .null }

    /// The value of an optional instant; nil is NULL.
    public init(_ value: MySQLDateTime?) { self = value.map(MySQLValue.datetime) ?? .null }

    /// The kind of value, for messages that must not hold the value itself.
    public var kind: String {
        switch self {
        case .null: "NULL"
        case .int, .uint: "an integer"
        case .double: "a floating-point number"
        case .string: "text"
        case .bytes: "bytes"
        case .datetime: "a date and time"
        }
    }
}

extension MySQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// 1 or 0.
    public init(booleanLiteral value: Bool) { self = .int(value ? 1 : 0) }
    /// NULL.
    public init(nilLiteral: ()) { self = .null }
}
