import FleetModel
import LibMySQL

extension MySQLDateTime {
    /// The instant as a DATETIME(6).
    init(_ instant: Instant) {
        let (microseconds, overflow) = instant.seconds.multipliedReportingOverflow(by: 1_000_000)
        // Beyond 292,000 years either way; the server refuses such a year, which is the error to have.
        self.init(microseconds: overflow ? (instant.seconds < 0 ? .min : .max) : microseconds)
    }

    /// The instant in whole seconds, fractions cut off towards the past.
    var instant: Instant {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Instant(seconds: rest < 0 ? seconds - 1 : seconds)
    }
}

extension MySQLValue {
    /// An instant, or NULL.
    init(_ instant: Instant?) { self.init(instant.map { MySQLDateTime($0) }) }
}

extension MySQLRow {
    /// A column of an enumeration stored by its raw value.
    func decode<Value: RawRepresentable<String>>(_ type: Value.Type, at position: Int) throws(MySQLError) -> Value {
        let text: String = try get(position)
        guard let value = Value(rawValue: text) else {
            throw MySQLError.unexpectedValue("column '\(columns.names[position])' holds no \(Value.self)")
        }
        return value
    }

    /// An instant, or nil for NULL.
    func instant(at position: Int) throws(MySQLError) -> Instant? {
        let time: MySQLDateTime? = try get(position)
        return time?.instant
    }
}

extension MySQLRow {
    /// A column of JSON text.
    func json(at position: Int) throws(MySQLError) -> JSONValue {
        let text: String = try get(position)
        do {
            return try CanonicalJSON.decode(JSONValue.self, from: text)
        } catch {
            throw MySQLError.unexpectedValue("column '\(columns.names[position])' holds no JSON")
        }
    }
}
