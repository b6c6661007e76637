/// One apply as it is recorded: who, what, when, how it ended (SPEC 5).
public struct ApplyRecord: Hashable, Sendable, Codable {
    /// How an apply ended, or that it did not yet.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Under way, or its process died and no other apply has begun since.
        case running
        /// Every change was done.
        case succeeded
        /// A change failed, or was skipped because of one that did.
        case failed
        /// Its process died; the next apply said so, and finished or undid what it had begun.
        case interrupted
    }

    /// The commit's author: `Anna <anna@example.com>`; nil outside git.
    public var author: String?
    /// The system's user and host: `anna@laptop`.
    public var operatorName: String
    /// The fleet repository's commit, 40 hex digits; nil outside git.
    public var commit: String?
    /// Whether files differed from the commit.
    public var dirty: Bool
    /// The plan's summary as JSON.
    public var summary: JSONValue
    /// `running` when it is written, settled when it ends.
    public var outcome: Outcome
    /// What failed, a line for each change, at most 4,000 characters; nil where nothing did.
    public var error: String?

    /// An apply that begins, unless an outcome is given.
    public init(
        author: String?, operatorName: String, commit: String?, dirty: Bool, summary: JSONValue,
        outcome: Outcome = .running, error: String? = nil
    ) {
        self.author = author
        self.operatorName = operatorName
        self.commit = commit
        self.dirty = dirty
        self.summary = summary
        self.outcome = outcome
        self.error = error
    }
}
