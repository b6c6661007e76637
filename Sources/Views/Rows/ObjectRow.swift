import FleetModel

/// A result in the bucket as `objects` lists it.
public struct ObjectRow: Hashable, Sendable {
    /// Whose result it is.
    public var instance: String
    /// Its key below the instance's prefix.
    public var path: String
    /// `screenshots`, `images`, `logs`, `json`, `folder` or `other`.
    public var type: String
    /// Bytes.
    public var size: Int
    /// When it was written last.
    public var lastModified: Instant
    /// A presigned link, where it was asked for.
    public var link: String?

    /// An object.
    public init(
        instance: String, path: String, type: String, size: Int, lastModified: Instant, link: String? = nil
    ) {
        self.instance = instance
        self.path = path
        self.type = type
        self.size = size
        self.lastModified = lastModified
        self.link = link
    }
}

extension ObjectRow: Listable {
    /// What several are called.
    public static var plural: String { "objects" }

    /// What people see of one.
    public static var columns: [ListColumn<ObjectRow>] {
        [
            ListColumn("INSTANCE") { row, _ in Cell(row.instance) },
            ListColumn("TYPE") { row, _ in Cell(row.type) },
            ListColumn("SIZE", isNumber: true) { row, _ in Cell(ObjectRow.text(bytes: row.size)) },
            ListColumn("AGE") { row, context in Cell(Spans.text(seconds: context.now - row.lastModified)) },
            ListColumn("PATH") { row, _ in Cell(row.path) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("instance", instance), Field("path", path), Field("type", type), Field("size", size),
            Field("last_modified", lastModified),
        ] + (link.map { [Field("link", $0)] } ?? [])
    }

    /// `512 B`, `12.5 KiB`, `3 MiB`.
    static func text(bytes: Int) -> String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(Wording.figure((value * 10).rounded() / 10)) \(units[unit])"
    }
}
