/// A file or folder of an instance in the bucket, below `streamer-data/NAME/` (SPEC 10).
public struct ResultObject: Hashable, Sendable {
    /// What a result is, told by the first folder of its path.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case screenshots, images, logs, json
        /// A key that ends in `/`: a folder that somebody made as such.
        case folder
        case other
    }

    /// The whole key.
    public var key: ObjectKey
    /// Whose it is.
    public var instance: String
    /// Bytes.
    public var size: Int
    /// When it was put, by S3's clock.
    public var lastModified: Instant

    /// An object as a listing shows it.
    public init(key: ObjectKey, instance: String, size: Int, lastModified: Instant) {
        self.key = key
        self.instance = instance
        self.size = size
        self.lastModified = lastModified
    }

    /// Where all results of an instance lie.
    public static func prefix(instance: String) -> String { "streamer-data/\(instance)/" }

    /// The key below the instance's prefix: `output/screenshots/1.png`.
    public var path: String {
        String(decoding: key.bytes.dropFirst(ResultObject.prefix(instance: instance).utf8.count), as: UTF8.self)
    }

    /// What it is: the path's first folder says it, after `output/` where the bot's own folder was sent as it is.
    public var kind: Kind {
        let path = self.path
        if path.isEmpty || path.hasSuffix("/") { return .folder }
        let folders = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let first = folders.first == "output" ? folders.dropFirst().first : folders.first
        switch first {
        case "screenshots": return .screenshots
        case "images": return .images
        case "logs": return .logs
        case "json": return .json
        default: return .other
        }
    }

    /// Whether a listing shows the same object: the time that an agent wrote down is a moment off S3's own.
    public func isSame(as other: ResultObject) -> Bool {
        size == other.size && abs(lastModified - other.lastModified) <= ResultObject.tolerance
    }

    private static let tolerance = 5
}

/// An object's key, which S3 compares and orders by its bytes: Swift's own text would take `é` and `e` + accent for the same.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// UTF-8, 1,024 bytes at most.
    public let bytes: [UInt8]

    /// The key of these bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The key that a text writes.
    public init(_ text: String) { self.bytes = Array(text.utf8) }

    /// As text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// By bytes, as S3 lists.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
