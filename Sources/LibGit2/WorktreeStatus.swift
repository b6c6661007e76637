/// What differs between HEAD, the index and the working folder.
public struct WorktreeStatus: Hashable, Sendable {
    /// Staged, modified, deleted, conflicting and untracked paths, sorted; an untracked folder is one path that ends in `/`.
    public let changedPaths: [String]
    /// Whether there are more than the bound asked for.
    public let isTruncated: Bool

    /// Whether HEAD is exactly what lies in the folder.
    public var isClean: Bool { changedPaths.isEmpty }
}
