/// How a text is to look: the only thing a view knows about where it will be read.
public struct Style: Hashable, Sendable {
    /// Whether ANSI colours may be used.
    public var color: Bool
    /// Cells of a line, 40…; `Int.max` where nothing may be cut, as in a pipe.
    public var width: Int

    /// A style; widths under 40 are taken as 40.
    public init(color: Bool, width: Int = 100) {
        self.color = color
        self.width = max(40, width)
    }

    /// No colours, 100 cells.
    public static let plain = Style(color: false)
}
