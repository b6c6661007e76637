/// Something in a YAML text that cannot be read, in plain words.
///
/// `message` is one line in lower case without a full stop. It never quotes more than a few characters of the text.
public struct YAMLProblem: Hashable, Sendable {
    /// Where it is.
    public var mark: YAMLMark
    /// What it is, and what to do about it.
    public var message: String

    /// A problem at a place.
    public init(_ mark: YAMLMark, _ message: String) {
        self.mark = mark
        self.message = message
    }
}
