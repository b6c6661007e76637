/// One row of a result: values in the order of the select list, reached by position or by column name.
public struct MySQLRow: Sendable {
    /// The columns, shared by all rows of a result.
    public let columns: MySQLColumns
    /// The values, one a column.
    public let values: [MySQLValue]

    /// A row of values that belong to these columns, in the same order.
    public init(columns: MySQLColumns, values: [MySQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column by position, counted from 0, as the type that the caller wants.
    ///
    /// An optional type takes NULL as nil; any other type refuses NULL. Integers are range-checked.
    /// - Throws: `MySQLError` of kind `unexpectedValue`, naming the column and the two types, never the value.
    @inlinable
    public func get<Value: MySQLDecodable>(_ position: Int) throws(MySQLError) -> Value {
        guard position >= 0, position < values.count else {
            throw MySQLError.unexpectedValue("a result of \(values.count) columns has no column \(position)")
        }
        guard let value = Value(mysql: values[position]) else {
            throw MySQLError.unexpectedValue(
                "column '\(columns.names[position])' holds \(values[position].kind), \(Value.self) was expected")
        }
        return value
    }

    /// The value of a column by its name in the select list (exact, case counts).
    /// - Throws: `MySQLError` of kind `unexpectedValue` when there is no such column or its value has another type.
    @inlinable
    public func get<Value: MySQLDecodable>(_ name: String) throws(MySQLError) -> Value {
        guard let position = columns.position(of: name) else {
            throw MySQLError.unexpectedValue("the result has no column '\(name)'")
        }
        return try get(position)
    }
}

/// The columns of a result: their names, and where each stands.
public final class MySQLColumns: Sendable {
    /// The names in the order of the select list.
    public let names: [String]
    private let positions: [String: Int]

    /// Columns by name; where a name stands twice, the first counts.
    public init(names: [String]) {
        self.names = names
        positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The position of a name, or nil when no column has it.
    public func position(of name: String) -> Int? { positions[name] }
}

/// A Swift type that a column's value can be read as.
public protocol MySQLDecodable {
    /// The value, or nil when it is of another type or out of this type's range.
    init?(mysql value: MySQLValue)
}

extension MySQLValue: MySQLDecodable {
    /// The value itself, NULL too.
    @inlinable public init?(mysql value: MySQLValue) { self = value }
}

extension String: MySQLDecodable {
    /// The text of a text column.
    @inlinable public init?(mysql value: MySQLValue) {
        guard case .string(let text) = value else { return nil }
        self = text
    }
}

extension FixedWidthInteger where Self: MySQLDecodable {
    /// The integer, where this type can hold it.
    @inlinable public init?(mysql value: MySQLValue) {
        switch value {
        case .int(let number): self.init(exactly: number)
        case .uint(let number): self.init(exactly: number)
        case .null, .double, .string, .bytes, .datetime: return nil
        }
    }
}

extension Int: MySQLDecodable {}
extension Int64: MySQLDecodable {}
extension UInt64: MySQLDecodable {}

extension Bool: MySQLDecodable {
    /// Zero is false, any other integer true.
    @inlinable public init?(mysql value: MySQLValue) {
        guard let number = Int64(mysql: value) else { return nil }
        self = number != 0
    }
}

extension Double: MySQLDecodable {
    /// The number of a FLOAT or DOUBLE column.
    @inlinable public init?(mysql value: MySQLValue) {
        guard case .double(let number) = value else { return nil }
        self = number
    }
}

extension Array: MySQLDecodable where Element == UInt8 {
    /// The bytes of a binary column.
    @inlinable public init?(mysql value: MySQLValue) {
        guard case .bytes(let bytes) = value else { return nil }
        self = bytes
    }
}

extension MySQLDateTime: MySQLDecodable {
    /// The instant of a DATETIME or TIMESTAMP column.
    @inlinable public init?(mysql value: MySQLValue) {
        guard case .datetime(let instant) = value else { return nil }
        self = instant
    }
}

extension Optional: MySQLDecodable where Wrapped: MySQLDecodable {
    /// nil for NULL, else as the wrapped type reads it.
    @inlinable public init?(mysql value: MySQLValue) {
        if case .null = value {
            self = .none
        } else if let wrapped = Wrapped(mysql: value) {
            self = .some(wrapped)
        } else {
            return nil
        }
    }
}
