/// An EBS volume as DescribeVolumes showed it.
public struct ObservedVolume: Hashable, Sendable {
    /// Where a volume is attached.
    public struct Attachment: Hashable, Sendable {
        /// `i-…`
        public var instanceID: String
        /// `/dev/sda1`
        public var device: String
        /// Whether it goes with its instance.
        public var deletesOnTermination: Bool
    }

    /// `vol-…`
    public var volumeID: String
    /// AWS's name of the region.
    public var region: String
    /// GiB.
    public var sizeGB: Int
    /// `creating`, `available`, `in-use`, …
    public var state: String
    /// `gp3`, …
    public var type: String
    /// Whether it is encrypted at rest.
    public var isEncrypted: Bool
    /// Where it is attached; nearly always one instance or none.
    public var attachments: [Attachment]
    /// Its tags by key.
    public var tags: [String: String]

    init?(_ tree: XMLTree, region: String) {
        guard let id = tree.value("volumeId"), let size = tree.value("size").flatMap({ Int($0) }) else { return nil }
        volumeID = id
        self.region = region
        sizeGB = size
        state = tree.value("status") ?? ""
        type = tree.value("volumeType") ?? ""
        isEncrypted = tree.value("encrypted") == "true"
        attachments = tree.items("attachmentSet").compactMap { item in
            item.value("instanceId").map {
                Attachment(
                    instanceID: $0, device: item.value("device") ?? "",
                    deletesOnTermination: item.value("deleteOnTermination") == "true")
            }
        }
        tags = tree.tags
    }
}
