import CLibgit2

/// A leaf of a commit's tree.
public struct GitTreeEntry: Hashable, Sendable {
    /// What git knows of a file's mode.
    public enum Kind: Hashable, Sendable {
        case file
        case executable
        /// Its blob holds the target.
        case symbolicLink
        /// A commit of another repository; its files are not here.
        case submodule
    }

    /// From the root, with `/`, as the bytes that git stores: mostly, not always, UTF-8.
    public let path: [UInt8]
    /// What its mode says.
    public let kind: Kind
    /// The blob; the commit for a submodule.
    public let id: ObjectID
    /// Bytes of the blob; nil where not asked for, and for submodules.
    public let size: Int?

    /// The path as text, with replacement of what is not UTF-8.
    public var pathText: String { String(decoding: path, as: UTF8.self) }

    /// Nil for a mode that git does not write.
    static func kind(of mode: git_filemode_t) -> Kind? {
        switch mode {
        case GIT_FILEMODE_BLOB: .file
        case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
        case GIT_FILEMODE_LINK: .symbolicLink
        case GIT_FILEMODE_COMMIT: .submodule
        default: nil
        }
    }
}
