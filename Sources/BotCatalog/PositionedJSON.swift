/// A JSON value that knows where it stands and keeps the order of an object's members.
///
/// WHY our own reader: the comment blocks of bots need the order of parameters, the place of every fault, and whole-line
/// `//` comments; Foundation's decoders give none of these. Strict otherwise (RFC 8259): no trailing commas, no single
/// quotes, no duplicate keys, at most 64 levels.
struct PositionedJSON: Equatable {
    indirect enum Value: Equatable {
        case null
        case boolean(Bool)
        /// As written: `1`, `-0.5e3`.
        case number(String)
        case string(String)
        case array([PositionedJSON])
        case object([Member])
    }

    /// A key and its value.
    struct Member: Equatable {
        let key: String
        let keyOffset: Int
        let value: PositionedJSON
    }

    let value: Value
    /// The index of its first byte in the text that was read.
    let offset: Int

    /// What the value is, for messages: `a string`, `an object`.
    var kindName: String {
        switch value {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// Why text is not JSON, and at which byte.
struct JSONFault: Error, Equatable {
    let offset: Int
    let message: String
}

/// Reads one JSON value from a part of a text.
struct PositionedJSONReader {
    private let bytes: [UInt8]
    private let end: Int
    private var index: Int
    /// Whether something other than blanks stands before `index` on its line.
    private var lineHasContent: Bool
    private static let maximumDepth = 64

    /// Reads exactly one value in `bytes[range]`; the range may begin in the middle of a line.
    static func read(_ bytes: [UInt8], in range: Range<Int>) throws(JSONFault) -> PositionedJSON {
        var reader = PositionedJSONReader(
            bytes: bytes, end: range.upperBound, index: range.lowerBound, lineHasContent: true)
        try reader.skipBlanks()
        guard reader.index < reader.end else {
            throw JSONFault(offset: range.lowerBound, message: "the block is empty")
        }
        let value = try reader.readValue(depth: 1)
        try reader.skipBlanks()
        guard reader.index == reader.end else {
            throw JSONFault(offset: reader.index, message: "unexpected \(reader.glimpse) after the end of the JSON")
        }
        return value
    }

    private var current: UInt8? { index < end ? bytes[index] : nil }

    /// The character at `index`, for messages.
    private var glimpse: String {
        guard index < end else { return "end of the block" }
        let tail = String(decoding: bytes[index..<min(end, index + 8)], as: UTF8.self)
        return tail.first.map { "'\($0)'" } ?? "end of the block"
    }

    private mutating func skipBlanks() throws(JSONFault) {
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\n"):
                lineHasContent = false
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                index += 1
            case UInt8(ascii: "/"):
                guard index + 1 < end, bytes[index + 1] == UInt8(ascii: "/") else { return }
                guard !lineHasContent else {
                    throw JSONFault(offset: index, message: "a comment must stand on a line of its own")
                }
                while let byte = current, byte != UInt8(ascii: "\n") {
                    _ = byte
                    index += 1
                }
            default:
                return
            }
        }
    }

    private mutating func readValue(depth: Int) throws(JSONFault) -> PositionedJSON {
        guard depth <= Self.maximumDepth else {
            throw JSONFault(offset: index, message: "nested deeper than \(Self.maximumDepth) levels")
        }
        let start = index
        lineHasContent = true
        guard let byte = current else {
            throw JSONFault(offset: index, message: "expected a value before the end of the block")
        }
        switch byte {
        case UInt8(ascii: "{"): return PositionedJSON(value: .object(try readMembers(depth: depth)), offset: start)
        case UInt8(ascii: "["): return PositionedJSON(value: .array(try readElements(depth: depth)), offset: start)
        case UInt8(ascii: "\""): return PositionedJSON(value: .string(try readString()), offset: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return PositionedJSON(value: .number(try readNumber()), offset: start)
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            return PositionedJSON(value: try readWord(), offset: start)
        case UInt8(ascii: "'"):
            throw JSONFault(offset: index, message: "JSON strings take double quotes")
        default:
            throw JSONFault(offset: index, message: "expected a value, found \(glimpse)")
        }
    }

    private mutating func readMembers(depth: Int) throws(JSONFault) -> [PositionedJSON.Member] {
        var members: [PositionedJSON.Member] = []
        var keys: Set<String> = []
        index += 1
        try skipBlanks()
        if take(UInt8(ascii: "}")) { return [] }
        while true {
            lineHasContent = true
            let keyOffset = index
            guard current == UInt8(ascii: "\"") else {
                let hint = current == UInt8(ascii: "'") ? " (JSON keys take double quotes)" : ""
                throw JSONFault(offset: index, message: "expected a key in double quotes, found \(glimpse)\(hint)")
            }
            let key = try readString()
            guard keys.insert(key).inserted else {
                throw JSONFault(offset: keyOffset, message: "duplicate key '\(key)'")
            }
            try skipBlanks()
            guard take(UInt8(ascii: ":")) else {
                throw JSONFault(offset: index, message: "expected ':' after '\(key)', found \(glimpse)")
            }
            try skipBlanks()
            let value = try readValue(depth: depth + 1)
            members.append(PositionedJSON.Member(key: key, keyOffset: keyOffset, value: value))
            try skipBlanks()
            if take(UInt8(ascii: "}")) { return members }
            try takeComma(before: UInt8(ascii: "}"), closing: "'}'")
        }
    }

    private mutating func readElements(depth: Int) throws(JSONFault) -> [PositionedJSON] {
        var elements: [PositionedJSON] = []
        index += 1
        try skipBlanks()
        if take(UInt8(ascii: "]")) { return [] }
        while true {
            elements.append(try readValue(depth: depth + 1))
            try skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            try takeComma(before: UInt8(ascii: "]"), closing: "']'")
        }
    }

    private mutating func takeComma(before closer: UInt8, closing: String) throws(JSONFault) {
        let comma = index
        guard take(UInt8(ascii: ",")) else {
            throw JSONFault(offset: index, message: "expected ',' or \(closing), found \(glimpse)")
        }
        lineHasContent = true
        try skipBlanks()
        guard current != closer else { throw JSONFault(offset: comma, message: "remove the comma before \(closing)") }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        lineHasContent = true
        index += 1
        return true
    }

    private mutating func readWord() throws(JSONFault) -> PositionedJSON.Value {
        let start = index
        while let byte = current, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) { index += 1 }
        switch String(decoding: bytes[start..<index], as: UTF8.self) {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        case let word: throw JSONFault(offset: start, message: "'\(word)' is not JSON (texts take double quotes)")
        }
    }

    private mutating func readNumber() throws(JSONFault) -> String {
        let start = index
        func fault() -> JSONFault { JSONFault(offset: start, message: "malformed number") }
        _ = take(UInt8(ascii: "-"))
        let whole = skipDigits()
        guard whole > 0, whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else { throw fault() }
        if take(UInt8(ascii: ".")) { guard skipDigits() > 0 else { throw fault() } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw fault() }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index - start
    }
}

// Strings.
extension PositionedJSONReader {
    private mutating func readString() throws(JSONFault) -> String {
        let start = index
        var text: [UInt8] = []
        index += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONFault(offset: start, message: "the text is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try readEscape())
            case 0..<32:
                guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                    throw JSONFault(
                        offset: index, message: "a control character in a string (write it as an escape: \\t)")
                }
                throw JSONFault(offset: start, message: "the string is not closed on its line")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw JSONFault(
            offset: start,
            message: "the comment ends inside this string (a '*/' ends it for JavaScript; write '*\\/')")
    }

    private mutating func readEscape() throws(JSONFault) -> [UInt8] {
        let start = index
        index += 1
        guard let byte = current else { throw JSONFault(offset: start, message: "the block ends in an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(try readScalar(start)).utf8)
        default: throw JSONFault(offset: start, message: "unknown escape \\\(Character(Unicode.Scalar(byte)))")
        }
    }

    private mutating func readScalar(_ start: Int) throws(JSONFault) -> Character {
        let first = try readHex(start)
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw JSONFault(offset: start, message: "half of a surrogate pair")
        }
        let second = try readHex(start)
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw JSONFault(offset: start, message: "half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func readHex(_ start: Int) throws(JSONFault) -> UInt32 {
        guard index + 4 <= end,
            let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16),
            bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-")
        else { throw JSONFault(offset: start, message: "\\u takes four hex digits") }
        index += 4
        return value
    }
}
