import FleetModel

/// A machine image as `images` lists it.
public struct ImageRow: Hashable, Sendable {
    /// Where it is.
    public var region: String
    /// `ami-…`.
    public var imageID: String
    /// AWS's name for it.
    public var name: String?
    /// The account that owns it, 12 digits.
    public var owner: String?
    /// `x86_64`, `arm64`.
    public var architecture: String?
    /// When it was made.
    public var createdAt: Instant?
    /// Whether its region's `default_image` means it now.
    public var isDefault: Bool
    /// Whether AWS lists it no more.
    public var isGone: Bool

    /// An image.
    public init(
        region: String, imageID: String, name: String?, owner: String?, architecture: String?, createdAt: Instant?,
        isDefault: Bool = false, isGone: Bool = false
    ) {
        self.region = region
        self.imageID = imageID
        self.name = name
        self.owner = owner
        self.architecture = architecture
        self.createdAt = createdAt
        self.isDefault = isDefault
        self.isGone = isGone
    }
}

extension ImageRow: Listable {
    /// What several are called.
    public static var plural: String { "images" }

    /// What people see of one.
    public static var columns: [ListColumn<ImageRow>] {
        [
            ListColumn("IMAGE") { row, _ in Cell(row.imageID, row.isGone ? .faint : .plain) },
            ListColumn("REGION") { row, _ in Cell(row.region) },
            ListColumn("NAME", narrowest: 18) { row, _ in Cell(row.name) },
            ListColumn("OWNER") { row, _ in Cell(row.owner) },
            ListColumn("ARCH") { row, _ in Cell(row.architecture) },
            ListColumn("AGE") { row, context in Cell(row.createdAt.map { Spans.text(seconds: context.now - $0) }) },
            ListColumn("USE") { row, _ in
                row.isGone ? Cell("gone", .bad) : Cell(row.isDefault ? "default" : nil, .good)
            },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("region", region), Field("image_id", imageID), Field("name", name), Field("owner", owner),
            Field("architecture", architecture), Field("created_at", createdAt), Field("default", isDefault),
            Field("gone", isGone),
        ]
    }
}
