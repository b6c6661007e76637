import LibCrypto

/// Which files make a bot's bundle: cheap to hold and to compare, read only when the bundle is made.
enum BundleContents: Equatable, Sendable {
    /// The tree of a commit in a cached repository, less what is ignored and less other bots' scripts.
    case tree(repository: String, commit: String, tree: String, ignore: IgnoreList, excluded: Set<String>)
    /// Files at hand, by their path in the bundle.
    case files([String: [UInt8]])

    /// A digest over all that decides what is in the bundle of `script`.
    func key(script: String) -> String {
        var parts = ["botfleet-bundle-1", script]
        switch self {
        case .tree(_, _, let tree, let ignore, let excluded):
            parts += ["tree", tree, "ignore"] + ignore.sources + ["excluded"] + excluded.sorted()
        case .files(let files):
            parts.append("files")
            for (path, bytes) in files.sorted(by: { $0.key < $1.key }) { parts += [path, SHA256.hex(bytes)] }
        }
        // Paths and patterns hold no NUL, so no two lists give one text.
        return SHA256.hex(parts.joined(separator: "\0"))
    }
}
