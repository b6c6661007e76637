import FleetModel

/// A machine image as the last sync saw it.
public struct RecordedImage: Sendable, Equatable {
    /// The region it is in.
    public var region: String
    /// `ami-…`.
    public var imageID: String
    /// AWS's name of it.
    public var name: String
    /// The account that owns it.
    public var owner: String
    /// When it was made.
    public var createdAt: Instant?
    /// Since when AWS has it no more; nil while it has.
    public var goneSince: Instant?

    /// A value of its parts.
    public init(
        region: String, imageID: String, name: String, owner: String, createdAt: Instant? = nil,
        goneSince: Instant? = nil
    ) {
        self.region = region
        self.imageID = imageID
        self.name = name
        self.owner = owner
        self.createdAt = createdAt
        self.goneSince = goneSince
    }
}
