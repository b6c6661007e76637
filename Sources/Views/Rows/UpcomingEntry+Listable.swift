import FleetModel
import Planning

/// What `schedule preview` lists (SPEC 2).
extension Plan.Upcoming.Entry: Listable {
    /// What several are called.
    public static var plural: String { "starts or stops" }

    /// What people see of one.
    public static var columns: [ListColumn<Plan.Upcoming.Entry>] {
        [
            ListColumn("LOCAL") { row, _ in Cell(row.local) },
            ListColumn("UTC") { row, _ in Cell(row.at.description) },
            ListColumn("ACTION") { row, _ in Cell(row.action.rawValue, row.action == .start ? .good : .plain) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] { [Field("at", at), Field("local", local), Field("action", action.rawValue)] }
}
