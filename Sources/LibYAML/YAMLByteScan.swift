/// A look at the bytes of a text before libyaml sees them: UTF-8, and only the characters that YAML allows.
///
/// libyaml gives byte offsets for these faults, not lines and columns, and says "control characters are not allowed"
/// for a NUL as for a stray byte order mark. One pass here costs well under a microsecond for a usual file.
struct YAMLByteScan {
    /// Where the text begins: after a byte order mark.
    private(set) var start = 0
    /// The first byte that can't be read; nil when all can.
    private(set) var problemOffset: Int?
    private(set) var problem: YAMLProblem?

    private var line: Int32 = 1
    private var column: Int32 = 1
    private var directives = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
        if let message = Self.wideEncoding(bytes) {
            problemOffset = 0
            problem = YAMLProblem(.start, message)
            return
        }
        scan(bytes)
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte >= 0x20, byte < 0x7F {
                if byte == UInt8(ascii: "%"), column == 1 {
                    directives += 1
                    guard directives <= YAMLLimits.directives else {
                        return fail(offset, "more than \(YAMLLimits.directives) lines begin with '%'")
                    }
                }
                offset += 1
                column += 1
            } else if byte == 0x0A || byte == 0x0D {
                offset += byte == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
                breakLine()
            } else if byte == 0x09 {
                offset += 1
                column += 1
            } else if byte < 0x80 {
                return fail(offset, Self.describe(control: UInt32(byte)))
            } else {
                guard let (scalar, length) = Self.decode(bytes, at: offset) else {
                    return fail(
                        offset,
                        "this is not UTF-8 (byte 0x\(Self.hex(UInt32(byte), digits: 2))); save the file as UTF-8")
                }
                if let message = Self.fault(scalar) { return fail(offset, message) }
                offset += length
                if scalar == 0x85 || scalar == 0x2028 || scalar == 0x2029 { breakLine() } else { column += 1 }
            }
        }
    }

    private mutating func breakLine() {
        line += 1
        column = 1
    }

    private mutating func fail(_ offset: Int, _ message: String) {
        problemOffset = offset
        problem = YAMLProblem(YAMLMark(line: line, column: column), message)
    }

    /// UTF-16 and UTF-32 by their marks, or by a NUL beside the first character.
    private static func wideEncoding(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count >= 2 else { return nil }
        let marked = (bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)
        let unmarked = (bytes[0] == 0) != (bytes[1] == 0)
        return marked || unmarked ? "this file is UTF-16 or UTF-32; save it as UTF-8" : nil
    }

    /// One scalar of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF); nil for anything
    /// else.
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (scalar: UInt32, length: Int)? {
        let first = UInt32(bytes[offset])
        let length: Int
        let least: UInt32
        var scalar: UInt32
        switch first {
        case 0xC2...0xDF: (length, least, scalar) = (2, 0x80, first & 0x1F)
        case 0xE0...0xEF: (length, least, scalar) = (3, 0x800, first & 0x0F)
        case 0xF0...0xF4: (length, least, scalar) = (4, 0x10000, first & 0x07)
        default: return nil
        }
        guard offset + length <= bytes.count else { return nil }
        for position in offset + 1..<offset + length {
            guard bytes[position] & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(bytes[position] & 0x3F)
        }
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
        return (scalar, length)
    }

    /// Why a character over U+007F may not stand in YAML; nil where it may.
    private static func fault(_ scalar: UInt32) -> String? {
        if scalar == 0xFEFF { return "a byte order mark (U+FEFF) may only begin the file; remove it" }
        if (scalar < 0xA0 && scalar != 0x85) || scalar == 0xFFFE || scalar == 0xFFFF {
            return describe(control: scalar)
        }
        return nil
    }

    private static func describe(control: UInt32) -> String {
        let name = control == 0 ? "a NUL character" : "a control character"
        return "\(name) (U+\(hex(control, digits: 4))) is not allowed; remove it"
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
