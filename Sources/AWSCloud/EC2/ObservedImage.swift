import FleetModel

/// A machine image as DescribeImages showed it.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html
public struct ObservedImage: Hashable, Sendable {
    /// `ami-…`
    public var imageID: String
    /// AWS's name of the region.
    public var region: String
    /// The name that its owner gave it.
    public var name: String
    /// The owner's words.
    public var description: String
    /// The account that owns it, 12 digits.
    public var ownerID: String
    /// `available`, `pending`, `deregistered`, …
    public var state: String
    /// When it was made.
    public var createdAt: Instant?
    /// `/dev/sda1`, `/dev/xvda`.
    public var rootDeviceName: String?
    /// GiB of the root volume's snapshot: no instance of it has less.
    public var rootVolumeGB: Int?
    /// `x86_64`, `arm64`.
    public var architecture: String
    /// Whether every account may launch it.
    public var isPublic: Bool
    /// Its tags by key.
    public var tags: [String: String]

    init?(_ tree: XMLTree, region: String) {
        guard let id = tree.value("imageId") else { return nil }
        imageID = id
        self.region = region
        name = tree.value("name") ?? ""
        description = tree.value("description") ?? ""
        ownerID = tree.value("imageOwnerId") ?? tree.value("ownerId") ?? ""
        state = tree.value("imageState") ?? ""
        createdAt = tree.value("creationDate").flatMap { Instant(rfc3339: $0) }
        let rootDevice = tree.value("rootDeviceName")
        rootDeviceName = rootDevice
        let root = tree.items("blockDeviceMapping").first { $0.value("deviceName") == rootDevice }
        rootVolumeGB = root?["ebs"]?.value("volumeSize").flatMap { Int($0) }
        architecture = tree.value("architecture") ?? ""
        isPublic = tree.value("isPublic") == "true"
        tags = tree.tags
    }
}
