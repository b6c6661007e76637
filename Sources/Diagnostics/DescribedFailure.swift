/// An error about the world (network, database, AWS, git, files) that can be shown to a person as it is.
///
/// `summary` says what was attempted, on what, and why it failed; `hint` says what to do. Neither ever holds a secret,
/// an SQL argument, a header or a token.
public protocol DescribedFailure: Error, CustomStringConvertible, Sendable {
    /// One line without a full stop: what was attempted, on what, why it failed.
    var summary: String { get }
    /// One line that says what to do next; nil where there is nothing better than the summary.
    var hint: String? { get }
}

extension DescribedFailure {
    /// The summary, and the hint in brackets.
    public var description: String { hint.map { "\(summary) (\($0))" } ?? summary }
}
