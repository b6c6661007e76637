/// Who asks.
public struct CallerIdentity: Hashable, Sendable {
    /// 12 digits.
    public var account: String
    /// `arn:aws:iam::123456789012:user/anna`.
    public var arn: String
    /// The unique id of user or role session.
    public var userID: String
}
