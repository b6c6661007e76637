/// Text from outside made harmless: nothing in it moves a cursor, colours a terminal, breaks a line or turns its direction.
enum SafeText {
    /// One line: control and format characters and line separators as `\n`, `\t`, `\r` or `\u{1b}`, the rest as it is.
    static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// A string in double quotes, with quotes and backslashes escaped too.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            append(scalar, to: &result)
        }
        result.append("\"")
        return result
    }

    /// Whether a scalar may not reach a terminal.
    ///
    /// Controls (C0, DEL, C1), line and paragraph separators, and format characters: the bidirectional ones make text read other than
    /// it is, the others are invisible. The joiners stay, because emoji and several scripts are written with them.
    static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        if scalar.value == 0x200C || scalar.value == 0x200D { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        guard isHostile(scalar) else {
            result.unicodeScalars.append(scalar)
            return
        }
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        default: result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}
