/// What a command can list: a row of a table for people, an object for programs.
public protocol Listable: Sendable {
    /// What several are called: `instances`.
    static var plural: String { get }
    /// The table's columns, for lines of 100 cells.
    static var columns: [ListColumn<Self>] { get }
    /// The members that a list's JSON gives, in SPEC's order, nulls explicit.
    var fields: [Field] { get }
    /// The members that are shown when one is asked for by name: those of the list, and more.
    var allFields: [Field] { get }
}

extension Listable {
    /// Where there is nothing more to show than in the list.
    public var allFields: [Field] { fields }
}
