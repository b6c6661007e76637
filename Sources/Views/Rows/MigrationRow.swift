/// A migration of the database's schema as `db status` lists it.
public struct MigrationRow: Hashable, Sendable {
    /// Where a migration stands.
    public enum State: String, Hashable, Sendable {
        /// Done.
        case applied
        /// Still to be done.
        case pending
        /// Begun and not ended.
        case halfRun = "half-run"
        /// Done, from another text than this botfleet has.
        case changed
    }

    /// Its number and what it is about: `0001_initial`.
    public var name: String
    /// Where it stands.
    public var state: State

    /// A migration.
    public init(name: String, state: State) {
        self.name = name
        self.state = state
    }
}

extension MigrationRow: Listable {
    /// What several are called.
    public static var plural: String { "migrations" }

    /// What people see of one.
    public static var columns: [ListColumn<MigrationRow>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.name) },
            ListColumn("STATE") { row, _ in
                row.state == .applied ? Cell(row.state.rawValue) : Cell(row.state.rawValue, .careful)
            },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] { [Field("name", name), Field("state", state.rawValue)] }
}
