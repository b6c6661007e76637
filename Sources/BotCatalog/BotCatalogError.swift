import Diagnostics
import LibGit2

/// Why bots could not be fetched, read or bundled.
public struct BotCatalogError: DescribedFailure, Hashable {
    /// The causes that callers decide by.
    public enum Code: Hashable, Sendable {
        /// The source's URL or auth makes no sense.
        case configuration
        /// An environment variable that auth names is not set.
        case missingCredential
        /// The server refuses us, or is not who we know.
        case authentication
        /// The repository or the branch, tag or commit is not there.
        case notFound
        /// Not done in time, or cancelled.
        case interrupted
        /// Network, server or disk.
        case unavailable
        /// A bundle that may not be made: too large, or a link that leaves it.
        case bundle
    }

    /// The cause that callers decide by.
    public let code: Code
    /// What was attempted, for which source or bot, and why it failed.
    public let summary: String
    /// What to do about it; nil where the summary says all.
    public let hint: String?

    init(_ code: Code, _ summary: String, hint: String? = nil) {
        self.code = code
        self.summary = summary
        self.hint = hint
    }

    /// What libgit2 refused, for a source or a bot.
    init(_ error: GitError, of subject: String) {
        let code: Code =
            switch error.code {
            case .notFound, .ambiguous, .invalid: .notFound
            case .authentication, .certificate: .authentication
            case .cancelled, .deadlineExceeded: .interrupted
            case .locked, .notOwned, .tooLarge, .corrupt, .other: .unavailable
            }
        self.init(
            code, "\(subject): could not \(error.operation) \(error.subject): \(error.message)", hint: error.hint)
    }
}
