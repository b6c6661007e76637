/// Where a working folder stands.
public struct GitHead: Hashable, Sendable {
    /// The branch's short name (`main`); nil when HEAD names a commit itself.
    public let branch: String?
    /// The commit; nil in a repository without one.
    public let commit: GitCommit?
}
