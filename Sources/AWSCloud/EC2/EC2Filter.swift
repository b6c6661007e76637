/// A condition of a listing: the named field has one of these values, in which `*` and `?` stand for others.
///
/// Several filters must all hold. AWS takes 200 values in all; more is an error before anything is sent.
public struct EC2Filter: Hashable, Sendable {
    /// The most values that the filters of one call may have together.
    public static let maximumValues = 200

    /// The field: `instance-id`, `tag:Name`, …
    public var name: String
    /// Any of these; `*` and `?` stand for other characters.
    public var values: [String]

    /// The field `name` has one of `values`.
    public init(_ name: String, _ values: [String]) {
        self.name = name
        self.values = values
    }

    /// The tag `key` has one of `values`.
    public static func tag(_ key: String, _ values: String...) -> EC2Filter { EC2Filter("tag:\(key)", values) }

    /// The state is one of `values`, in EC2's words: `pending`, `running`, `shutting-down`, `terminated`, `stopping`,
    /// `stopped`.
    public static func state(_ values: String...) -> EC2Filter { EC2Filter("instance-state-name", values) }
}
