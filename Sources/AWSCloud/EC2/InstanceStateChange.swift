import FleetModel

/// What a start, stop or termination did to an instance.
public struct InstanceStateChange: Hashable, Sendable {
    /// `i-…`
    public var instanceID: String
    /// The state before the call.
    public var previous: InstanceState
    /// The state after it: often one on the way to the end.
    public var current: InstanceState
}
