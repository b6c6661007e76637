import CLibgit2

/// A commit: who, when, why, and which tree.
public struct GitCommit: Hashable, Sendable {
    /// Its name.
    public let id: ObjectID
    /// The tree of the repository's root.
    public let tree: ObjectID
    /// Who wrote the change, and when.
    public let author: GitSignature
    /// Who made the commit of it, and when.
    public let committer: GitSignature
    /// The whole message, decoded as UTF-8 with replacement of what is not.
    public let message: String

    /// The first line of the message.
    public var summary: String {
        String(message.prefix { !$0.isNewline })
    }

    /// Copies the commit that `pointer` (a `git_commit`) holds.
    init(_ pointer: OpaquePointer) {
        id = ObjectID(git_commit_id(pointer).pointee)
        tree = ObjectID(git_commit_tree_id(pointer).pointee)
        author = GitSignature(git_commit_author(pointer))
        committer = GitSignature(git_commit_committer(pointer))
        message = git_commit_message(pointer).map { String(cString: $0) } ?? ""
    }
}
