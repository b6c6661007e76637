import FleetModel

/// JSON as text (RFC 8259): keys sorted where they have no order of their own, so that equal values are equal texts.
///
/// Foundation's encoder leaves DEL, C1 controls and bidirectional characters as they are, which a terminal obeys; here they are `\u` escapes.
struct JSONText {
    private let pretty: Bool
    private var bytes: [UInt8] = []

    private init(pretty: Bool) { self.pretty = pretty }

    /// A value, indented by two spaces or in one line, and a newline.
    static func render(_ value: JSONValue, pretty: Bool = true) -> String {
        var text = JSONText(pretty: pretty)
        text.write(value, depth: 0)
        return text.finished
    }

    /// Objects as an array, their members in the order given, and a newline.
    static func render(list: [[Field]], pretty: Bool = true) -> String {
        var text = JSONText(pretty: pretty)
        text.writeItems(list, "[", "]", depth: 0) { $0.write($1, depth: 1) }
        return text.finished
    }

    /// One object, its members in the order given, and a newline.
    static func render(object: [Field], pretty: Bool = true) -> String {
        var text = JSONText(pretty: pretty)
        text.write(object, depth: 0)
        return text.finished
    }

    private var finished: String { String(decoding: bytes, as: UTF8.self) + "\n" }

    private mutating func write(_ fields: [Field], depth: Int) {
        writeItems(fields, "{", "}", depth: depth) { text, field in
            text.write(field.key)
            text.put(text.pretty ? ": " : ":")
            text.write(field.value, depth: depth + 1)
        }
    }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: put("null")
        case .boolean(let flag): put(flag ? "true" : "false")
        case .integer(let number): put(String(number))
        case .number(let number): write(number)
        case .string(let text): write(text)
        case .array(let elements):
            writeItems(elements, "[", "]", depth: depth) { $0.write($1, depth: depth + 1) }
        case .object(let members):
            // Bytes, not NaturalOrder: machines compare keys, and so do JSONEncoder's sorted keys.
            write(members.sorted { $0.key < $1.key }.map { Field($0.key, $0.value) }, depth: depth)
        }
    }

    private mutating func writeItems<Item>(
        _ items: [Item], _ open: String, _ close: String, depth: Int, _ write: (inout JSONText, Item) -> Void
    ) {
        put(open)
        for (index, item) in items.enumerated() {
            if index > 0 { put(",") }
            breakLine(depth + 1)
            write(&self, item)
        }
        if !items.isEmpty { breakLine(depth) }
        put(close)
    }

    private mutating func breakLine(_ depth: Int) {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    /// Whole numbers without a point; what JSON has no number for is null.
    private mutating func write(_ number: Double) {
        guard number.isFinite else { return put("null") }
        put(number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number))
    }

    private mutating func write(_ text: String) {
        put("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": put("\\\"")
            case "\\": put("\\\\")
            case "\n": put("\\n")
            case "\r": put("\\r")
            case "\t": put("\\t")
            default:
                if SafeText.isHostile(scalar) {
                    escape(scalar)
                } else {
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
                }
            }
        }
        put("\"")
    }

    /// `\u` and four hexadecimal digits for each UTF-16 unit.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            put("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)")
        }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
