import FleetModel

/// What a person asked of a plan (SPEC 3).
public struct PlanOptions: Hashable, Sendable {
    /// Only these addresses and what they need; empty is everything.
    public var targets: [Address]
    /// Instances to replace though nothing else asks for it.
    public var replacements: [Address]
    /// Replace instances whose region's default image is newer than theirs.
    public var upgradesImages: Bool
    /// Only show drift and record nothing else.
    public var refreshOnly: Bool

    /// Options of which each, left out, asks for nothing: a plan of everything that differs.
    public init(
        targets: [Address] = [], replacements: [Address] = [], upgradesImages: Bool = false, refreshOnly: Bool = false
    ) {
        self.targets = targets
        self.replacements = replacements
        self.upgradesImages = upgradesImages
        self.refreshOnly = refreshOnly
    }
}
