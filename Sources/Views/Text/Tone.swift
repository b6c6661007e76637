/// What a piece of text means to the eye; each is one ANSI SGR sequence (ECMA-48, 8.3.117).
enum Tone: String, Hashable, Sendable {
    case plain = ""
    case strong = "1"
    case faint = "2"
    case bad = "31"
    case good = "32"
    case careful = "33"
    case notice = "36"
}

extension Style {
    /// The text in a tone, where colours may be used; the text itself must be escaped already.
    func paint(_ text: String, _ tone: Tone) -> String {
        guard color, tone != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}
