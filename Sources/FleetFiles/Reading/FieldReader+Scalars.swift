import FleetModel
import LibYAML

extension FieldReader {
    /// A text, as written.
    func text(limit: Int = 4096) -> String? {
        guard node.kind == .scalar else {
            error("'\(name)' takes a text, not \(node.description)")
            return nil
        }
        let text = node.text
        guard text.utf8.count <= limit else {
            error("'\(name)' is longer than \(limit) bytes")
            return nil
        }
        return text
    }

    /// A text that satisfies a rule; `rule` completes "'name' must be …".
    func text(limit: Int = 4096, where isValid: (String) -> Bool, must rule: String) -> String? {
        guard let text = text(limit: limit) else { return nil }
        guard isValid(text) else {
            error("'\(name)' must be \(rule), not \(Quotation.quoted(text))")
            return nil
        }
        return text
    }

    /// A name by SPEC 1's rule.
    func name(of what: StaticString) -> String? {
        guard let text = text() else { return nil }
        if Name.isValid(text) { return text }
        guard text.utf8.count <= Name.maximumLength || !text.utf8.allSatisfy(NameSketch.isNameByte) else {
            error("the name of \(what) has at most \(Name.maximumLength) characters, not \(text.utf8.count)")
            return nil
        }
        let hint = NameSketch.near(text).map { " (did you mean '\($0)'?)" } ?? ""
        error("\(Quotation.quoted(text)) can't name \(what): a-z, 0-9 and '-' within, at most 63 characters\(hint)")
        return nil
    }

    /// `true` or `false`, nothing else.
    func boolean() -> Bool? {
        guard let text = text() else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default: break
        }
        let meant: String
        switch text.lowercased() {
        case "true", "yes", "on", "y", "1": meant = " (did you mean true?)"
        case "false", "no", "off", "n", "0": meant = " (did you mean false?)"
        default: meant = ""
        }
        error("'\(name)' is true or false, not \(Quotation.quoted(text))\(meant)")
        return nil
    }

    /// A decimal whole number within limits.
    func integer(in range: ClosedRange<Int>, unit: String = "") -> Int? {
        guard let text = text() else { return nil }
        guard let number = DecimalText.integer(text) else {
            let meant = DecimalText.meantInteger(text).map { " (write \($0))" } ?? ""
            error("'\(name)' takes a whole number\(unit), not \(Quotation.quoted(text))\(meant)")
            return nil
        }
        guard range.contains(number) else {
            error("'\(name)' must be \(range.lowerBound) to \(range.upperBound)\(unit), not \(number)")
            return nil
        }
        return number
    }

    /// One of an enumeration's words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let hint = Quotation.nearest(to: text, among: words).map { " (did you mean '\($0)'?)" } ?? ""
        error("'\(name)' is \(Quotation.alternatives(words)), not \(Quotation.quoted(text))\(hint)")
        return nil
    }

    /// A length of time: a whole number and a unit.
    func timeSpan(atLeast least: TimeSpan) -> TimeSpan? {
        guard let text = text() else { return nil }
        guard let span = TimeSpan(text) else {
            error("'\(name)' takes a length of time like 90s, 10m, 1h, 30d or 2w, not \(Quotation.quoted(text))")
            return nil
        }
        guard span >= least else {
            error("'\(name)' must be \(least) at least, not \(span)")
            return nil
        }
        return span
    }

    /// `{env: NAME}`. What stands in its place is never quoted: it may be the secret itself.
    func environmentReference() -> EnvironmentReference? {
        guard node.kind == .mapping else {
            error("'\(name)' never stands in a file; write {env: NAME} and set that environment variable")
            return nil
        }
        guard let field = mapping(["env"], example: "{env: NAME}")?.required("env"), let name = field.text() else {
            return nil
        }
        guard TextRule.isEnvironmentName(name) else {
            field.error("'env' takes the name of an environment variable (A-Z, 0-9 and '_')")
            return nil
        }
        return EnvironmentReference(env: name)
    }
}

/// Numbers as files write them: decimal, no sign but `-`, no leading zeros.
enum DecimalText {
    /// A whole number: `0`, `-3`, `42`.
    static func integer(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        guard isWhole(digits), bytes.count <= 19 else { return nil }
        return Int(text)
    }

    /// What was meant by `010`, `+2`, `1_000` or `3.0`; nil where nothing is clear.
    static func meantInteger(_ text: String) -> Int? {
        var digits = text.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ",") }[...]
        if digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
            guard digits[(point + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = digits[..<point]
        }
        guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// A decimal number: `0.0456`, `-2`, `1e3`.
    static func number(_ text: String) -> Double? {
        var rest = Array(text.utf8)[...]
        guard rest.count <= 40 else { return nil }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = rest.prefix { (48...57).contains($0) }
        guard isWhole(whole) else { return nil }
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count + 1)
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.count <= 3, rest.allSatisfy({ (48...57).contains($0) }) else { return nil }
            rest = []
        }
        guard rest.isEmpty, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func isWhole(_ digits: ArraySlice<UInt8>) -> Bool {
        !digits.isEmpty && digits.allSatisfy { (48...57).contains($0) }
            && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
    }
}

/// What somebody may have meant by a text that is no name.
enum NameSketch {
    static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
    }

    /// The text in lower case with `-` for blanks, underscores and dots; nil where that is no name either.
    static func near(_ text: String) -> String? {
        guard text.utf8.count <= Name.maximumLength else { return nil }
        let bytes = text.lowercased().utf8.map { byte -> UInt8 in
            [UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte) ? UInt8(ascii: "-") : byte
        }
        let name = String(decoding: bytes, as: UTF8.self)
        return Name.isValid(name) && name != text ? name : nil
    }
}
