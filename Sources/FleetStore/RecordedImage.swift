import FleetModel
import Foundation

/// A machine image as the last sync saw it.
public struct RecordedImage: Sendable, Hashable {
    /// The region it is in.
    public var region: String
    /// `ami-…`.
    public var imageID: String
    /// AWS's name of it.
    public var name: String
    /// The account that owns it.
    public var owner: String
    /// `x86_64`, `arm64`; nil where AWS does not say.
    public var architecture: String?
    /// When it was made.
    public var createdAt: Instant?
    /// Since when AWS has it no more; nil while it has.
    public var goneSince: Instant?

    /// A value of its parts.
    public init(
        region: String, imageID: String, name: String, owner: String, architecture: String? = nil,
        createdAt: Instant? = nil, goneSince: Instant? = nil
    ) {
        self.region = region
        self.imageID = imageID
        self.name = name
        self.owner = owner
        self.architecture = architecture
        self.createdAt = createdAt
        self.goneSince = goneSince
    }
}

extension [RecordedImage] {
    /// The id that a region's `default_image` means by what was synced last: the newest that matches, of two of the same second that
    /// with the greater id, as a launch chooses. nil where none that is there matches.
    public func defaultImage(of region: Region) -> String? {
        switch region.defaultImage {
        case nil: nil
        case .id(let id)?: id
        case .newest(let owner, let name)?:
            filter { image in
                image.region == region.name && image.goneSince == nil && image.owner == owner
                    && fnmatch(name, image.name, 0) == 0
            }.max { ($0.createdAt?.seconds ?? 0, $0.imageID) < ($1.createdAt?.seconds ?? 0, $1.imageID) }?.imageID
        }
    }
}
