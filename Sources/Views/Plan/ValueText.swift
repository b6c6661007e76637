import FleetModel

/// A plan's values in a line of text.
enum ValueText {
    /// The most cells of one value; the plan's JSON has the whole of it.
    static let limit = 240

    /// A value in one line: texts in quotes, digests cut to 12 characters, secrets as `{ssm: /bots/password}`.
    static func inline(_ value: JSONValue, shortensDigests: Bool = true) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let number): return Wording.figure(number)
        case .string(let text): return shortensDigests ? digest(text) ?? SafeText.quoted(text) : SafeText.quoted(text)
        case .array(let elements):
            return "[\(elements.map { inline($0, shortensDigests: shortensDigests) }.joined(separator: ", "))]"
        case .object(let members):
            if let secret = SecretReference(value) { return "{ssm: \(SafeText.line(secret.name))}" }
            let shown = members.filter { $0.value != .null }.sorted { precedes($0.key, $1.key) }
            return
                "{\(shown.map { "\(key($0.key)): \(inline($0.value, shortensDigests: shortensDigests))" }.joined(separator: ", "))}"
        }
    }

    /// An attribute's name, in quotes where it is not a plain word, cut where it is endless.
    static func key(_ name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "_-.".unicodeScalars.contains(scalar))
            }
        return CellWidth.cut(isPlain ? name : SafeText.quoted(name), to: 80)
    }

    /// A value cut to what a line can bear, with its length where it is cut.
    static func bounded(_ value: JSONValue) -> String { bounded(inline(value)) }

    /// Two values, each in one line, of which the difference stays visible: cut about the first character that differs.
    static func pair(_ old: JSONValue, _ new: JSONValue) -> (old: String, new: String) {
        var before = inline(old)
        var after = inline(new)
        if before == after {
            before = inline(old, shortensDigests: false)
            after = inline(new, shortensDigests: false)
        }
        guard CellWidth.of(before) > limit || CellWidth.of(after) > limit else { return (before, after) }
        let common = zip(before, after).prefix { $0 == $1 }.count
        let skipped = max(0, common - context)
        guard skipped > 0 else { return (bounded(before), bounded(after)) }
        return ("…" + bounded(String(before.dropFirst(skipped))), "…" + bounded(String(after.dropFirst(skipped))))
    }

    /// What names a thing comes first, the rest in natural order.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        if (left == "name") != (right == "name") { return left == "name" }
        return NaturalOrder.precedes(left, right)
    }

    /// Characters shown before the first that differs.
    private static let context = 20

    private static func bounded(_ text: String) -> String {
        guard CellWidth.of(text) > limit else { return text }
        return "\(CellWidth.cut(text, to: limit)) (\(text.count) characters)"
    }

    /// A SHA-256 or a commit by its first 12 digits; nil for other texts.
    private static func digest(_ text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count == 64 || bytes.count == 40,
            bytes.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        return "\(text.prefix(12))…"
    }
}
