import Diagnostics

/// How messages quote what files say, and list what they might have said.
enum Quotation {
    /// A text of a file between quotes: at most 40 characters, on one line, nothing that moves a terminal's cursor.
    static func quoted(_ text: String) -> String {
        var shown = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == 40 {
                shown += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        return "'\(shown)'"
    }

    /// `a, b or c`.
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }

    /// `(did you mean 'x'?)` where a known word is near, else `; bots: a, b, …`, else nothing.
    static func hint(for text: String, among known: [String], called plural: String) -> String {
        if let near = nearest(to: text, among: known) { return " (did you mean '\(near)'?)" }
        guard !known.isEmpty else { return "; there are no \(plural)" }
        let sorted = known.sorted()
        return "; \(plural): \(sorted.prefix(8).joined(separator: ", "))\(sorted.count > 8 ? ", …" : "")"
    }

    /// The known word nearest to a text, case apart; nil where none is near.
    static func nearest(to text: String, among known: [String]) -> String? {
        let lower = text.lowercased()
        if let same = known.first(where: { $0 != text && $0.lowercased() == lower }) { return same }
        return Suggestion.nearest(to: text, among: known)
    }
}
