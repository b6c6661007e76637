/// Error texts as they are kept: long enough to tell, short enough that no answer of AWS's can fail a write.
enum ErrorText {
    /// Characters kept.
    static let limit = 4000

    /// The text, cut at the limit.
    static func clipped(_ text: String) -> String { text.count > limit ? text.prefix(limit - 1) + "…" : text }
}
