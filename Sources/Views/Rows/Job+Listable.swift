import FleetModel

extension Job: Listable {
    /// What several are called.
    public static var plural: String { "jobs" }

    /// What people see of one.
    public static var columns: [ListColumn<Job>] {
        [
            ListColumn("ID", isNumber: true) { row, _ in Cell(String(row.id)) },
            ListColumn("JOB") { row, _ in Cell(row.request.kind.rawValue) },
            ListColumn("SUBJECT", narrowest: 18) { row, _ in Cell(row.request.names.joined(separator: " ")) },
            ListColumn("OUTCOME") { row, _ in
                Cell(row.outcome.rawValue, row.outcome == .failed ? .bad : row.outcome == .succeeded ? .good : .plain)
            },
            ListColumn("TRIES", isNumber: true) { row, _ in Cell(String(row.attempts)) },
            ListColumn("ASKED FOR") { row, context in
                Cell(Spans.relative(row.request.at ?? row.createdAt, to: context.now))
            },
            ListColumn("NEXT TRY") { row, context in
                Cell(row.outcome == .queued ? Spans.relative(row.availableAt, to: context.now) : nil)
            },
            ListColumn("BY") { row, _ in Cell(row.request.author) },
            ListColumn("ERROR", narrowest: 18) { row, _ in Cell(row.error) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("id", Int(id)), Field("job", request.kind.rawValue),
            Field("names", .array(request.names.map { .string($0) })), Field("outcome", outcome.rawValue),
            Field("attempts", attempts), Field("available_at", availableAt), Field("created_at", createdAt),
            Field("finished_at", finishedAt), Field("author", request.author), Field("error", error),
        ]
    }
}
