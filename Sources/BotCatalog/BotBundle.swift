/// What an instance fetches and runs: the files of a bot as a .tar.gz.
///
/// The same files give the same bytes on every machine: paths in byte order, no times, no owners.
public struct BotBundle: Equatable, Sendable {
    /// The .tar.gz.
    public let archive: [UInt8]
    /// What to run, from the bundle's root: `node SCRIPT`.
    public let script: String
    /// Whether there is a package.json at the root.
    public let hasPackage: Bool
    /// SHA-256 of the tar archive before compression, 64 hex digits: the bundle's identity, whatever version zlib has.
    public let contentDigest: String
    /// SHA-256 of `archive`, 64 hex digits.
    public let digest: String

    /// The key in the fleet's bucket.
    public var objectKey: String { "bundles/\(digest).tar.gz" }
}
