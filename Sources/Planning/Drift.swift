import FleetModel

/// Something in AWS that somebody changed by hand: observed differs from recorded.
public struct Drift: Hashable, Sendable, Codable {
    /// The instance, security group or key pair that differs.
    public var address: Address
    /// What differs: `state`, `instance_type`, `tags.Name`, `rules`, …
    public var attribute: String
    /// What was applied last; null where it had no such attribute.
    public var recorded: JSONValue
    /// What AWS shows now; null where it is gone.
    public var observed: JSONValue
    /// Whether this plan has a change that undoes it.
    public var fixed: Bool
    /// `FILE:LINE` of the declaration; nil where no file has it any more.
    public var location: String?

    /// A hand-made change of one attribute.
    public init(
        address: Address, attribute: String, recorded: JSONValue, observed: JSONValue, fixed: Bool,
        location: String? = nil
    ) {
        self.address = address
        self.attribute = attribute
        self.recorded = recorded
        self.observed = observed
        self.fixed = fixed
        self.location = location
    }
}

/// Something worth knowing that no change stands for.
public struct PlanNote: Hashable, Sendable, Codable {
    /// nil for what concerns the whole fleet.
    public var address: Address?
    /// One line without a full stop; never holds a secret.
    public var message: String

    /// A note on an address, or on the whole where that is nil.
    public init(_ address: Address?, _ message: String) {
        self.address = address
        self.message = message
    }
}

extension PlanNote: Comparable {
    /// What concerns the whole first, then by address, then by text, so that notes are the same on every run.
    public static func < (left: PlanNote, right: PlanNote) -> Bool {
        switch (left.address, right.address) {
        case (nil, nil): left.message < right.message
        case (nil, _?): true
        case (_?, nil): false
        case (let first?, let second?): first == second ? left.message < right.message : first < second
        }
    }
}
