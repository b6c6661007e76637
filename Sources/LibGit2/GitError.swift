import CLibgit2

/// What libgit2 refused to do: the operation, on what, its code and its words.
///
/// `subject` is a folder, a name or a URL without credentials; no text here ever holds a token.
/// Source: libgit2's `git_error_code` and `git_error_t` in git2/errors.h.
public struct GitError: Error, Hashable, Sendable {
    /// Why it failed, as far as a caller may decide by it.
    public enum Code: Hashable, Sendable {
        /// No such repository, reference or object.
        case notFound
        /// A name or abbreviation that fits several objects.
        case ambiguous
        /// A name that git does not allow, or an object of another kind than asked for.
        case invalid
        /// Another process holds the lock file of a reference, or a killed one left it.
        case locked
        /// The server wants credentials, or refuses those given.
        case authentication
        /// The server's certificate or SSH host key is not trusted.
        case certificate
        /// The repository belongs to another user (git's `safe.directory` rule).
        case notOwned
        /// An object or a listing beyond the bound given.
        case tooLarge
        /// The object database holds something damaged.
        case corrupt
        /// The task was cancelled.
        case cancelled
        /// The deadline passed.
        case deadlineExceeded
        /// Anything else: network, disk, protocol.
        case other
    }

    /// What was attempted, in words that follow "could not": `fetch`, `open the repository`.
    public let operation: String
    /// On what.
    public let subject: String
    /// The cause that callers decide by.
    public let code: Code
    /// libgit2's own return code (`git_error_code`), 0 where the failure is this overlay's finding.
    public let number: Int
    /// libgit2's `git_error_t`: the part of the library that failed.
    public let libraryClass: Int
    /// libgit2's words, or this overlay's.
    public let message: String
    /// What to do about it; nil where the message says all.
    public let hint: String?

    /// Whether the repository on this disk, rather than the other side or the asker, may be at fault.
    public var suggestsDamage: Bool {
        guard code == .other || code == .corrupt || code == .locked else { return false }
        let classes = [
            GIT_ERROR_REFERENCE, GIT_ERROR_ZLIB, GIT_ERROR_REPOSITORY, GIT_ERROR_CONFIG, GIT_ERROR_ODB,
            GIT_ERROR_OBJECT, GIT_ERROR_TREE, GIT_ERROR_INDEXER,
        ]
        return code == .corrupt || classes.contains { Int($0.rawValue) == libraryClass }
    }

    init(
        _ operation: String, _ subject: String, _ code: Code, message: String, hint: String? = nil, number: Int = 0,
        libraryClass: Int = 0
    ) {
        self.operation = operation
        self.subject = subject
        self.code = code
        self.number = number
        self.libraryClass = libraryClass
        self.message = message
        self.hint = hint
    }

    /// The error that the call which just returned `number` left behind in this thread.
    ///
    /// Must be built before any other libgit2 call: the library keeps one error a thread.
    static func last(_ number: CInt, _ operation: String, _ subject: String) -> GitError {
        var message = "libgit2 gives no reason (code \(number))"
        var libraryClass = 0
        if let error = git_error_last() {
            libraryClass = Int(error.pointee.klass)
            if let text = error.pointee.message, text[0] != 0 { message = String(cString: text) }
        }
        var code = Code(number: number, libraryClass: libraryClass)
        // 1.5.1's answer to another user's repository where no safe.directory is configured at all.
        if code == .notFound, message.contains("'safe.directory'") {
            code = .notOwned
            message = "the repository is not owned by the current user"
        }
        var hint: String?
        if code == .notOwned {
            hint = "it belongs to another user; if you trust it: git config --global --add safe.directory \(subject)"
        }
        return GitError(
            operation, subject, code, message: message, hint: hint, number: Int(number), libraryClass: libraryClass)
    }

    /// Throws what a negative return code means.
    static func check(
        _ number: CInt, _ operation: @autoclosure () -> String, _ subject: @autoclosure () -> String
    ) throws(GitError) {
        // The arguments are text made of values: evaluating them calls nothing of libgit2.
        guard number >= 0 else { throw last(number, operation(), subject()) }
    }
}

extension GitError.Code {
    fileprivate init(number: CInt, libraryClass: Int) {
        switch number {
        case GIT_ENOTFOUND.rawValue, GIT_EUNBORNBRANCH.rawValue: self = .notFound
        case GIT_EAMBIGUOUS.rawValue: self = .ambiguous
        case GIT_EINVALIDSPEC.rawValue: self = .invalid
        case GIT_ELOCKED.rawValue: self = .locked
        case GIT_EAUTH.rawValue: self = .authentication
        case GIT_ECERTIFICATE.rawValue: self = .certificate
        case GIT_EOWNER.rawValue: self = .notOwned
        case GIT_EMISMATCH.rawValue: self = .corrupt
        default:
            switch UInt32(libraryClass) {
            case GIT_ERROR_ODB.rawValue, GIT_ERROR_ZLIB.rawValue, GIT_ERROR_OBJECT.rawValue, GIT_ERROR_TREE.rawValue:
                self = .corrupt
            default: self = .other
            }
        }
    }
}

extension GitError: CustomStringConvertible {
    /// `could not OPERATION SUBJECT: MESSAGE (HINT)`.
    public var description: String {
        let text = "could not \(operation) \(subject): \(message)"
        return hint.map { "\(text) (\($0))" } ?? text
    }
}
