import FleetModel

/// What a list needs besides its rows.
public struct ListContext: Hashable, Sendable {
    /// Ages are counted to it.
    public var now: Instant
    /// How the table may look.
    public var style: Style

    /// A moment and a style.
    public init(now: Instant, style: Style = .plain) {
        self.now = now
        self.style = style
    }
}
