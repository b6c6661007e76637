/// The link of an instance to the role that it runs with.
public struct InstanceProfileAssociation: Hashable, Sendable {
    /// `iip-assoc-…`
    public var associationID: String
    /// `i-…`
    public var instanceID: String
    /// The ARN of the instance profile.
    public var profileARN: String
    /// `associating`, `associated`, `disassociating`, `disassociated`.
    public var state: String

    /// Which field takes a profile: AWS has one for names and one for ARNs.
    static func field(for nameOrARN: String) -> String { nameOrARN.hasPrefix("arn:") ? "Arn" : "Name" }

    init?(_ tree: XMLTree) {
        guard let id = tree.value("associationId"), let instance = tree.value("instanceId"),
            let arn = tree["iamInstanceProfile"]?.value("arn")
        else { return nil }
        associationID = id
        instanceID = instance
        profileARN = arn
        state = tree.value("state") ?? ""
    }
}
