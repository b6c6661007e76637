import FleetModel

extension Session: Listable {
    /// What several are called.
    public static var plural: String { "sessions" }

    /// What people see of one.
    public static var columns: [ListColumn<Session>] {
        [
            ListColumn("INSTANCE") { row, _ in Cell(row.instance) },
            ListColumn("ACTION") { row, _ in Cell(row.action.rawValue) },
            ListColumn("SCHEDULED (UTC)") { row, _ in Cell(Spans.minute(row.scheduledFor)) },
            ListColumn("EXECUTED") { row, _ in Cell(row.delay) },
            ListColumn("OUTCOME") { row, _ in Cell(row.outcome.rawValue, row.outcome.tone) },
            ListColumn("TRIES", isNumber: true) { row, _ in Cell(row.attempts) },
            ListColumn("SOURCE") { row, _ in Cell(row.source.rawValue) },
            ListColumn("ERROR", narrowest: 18) { row, _ in Cell(row.error) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("instance", instance), Field("action", action.rawValue), Field("scheduled_for", scheduledFor),
            Field("executed_at", executedAt), Field("outcome", outcome.rawValue), Field("attempts", attempts),
            Field("source", source.rawValue), Field("error", error),
        ]
    }

    /// How long after it was due it was carried out: `+12s`.
    private var delay: String? { executedAt.map { "+\(Spans.text(seconds: $0 - scheduledFor))" } }
}

extension Session.Outcome {
    fileprivate var tone: Tone {
        switch self {
        case .pending: .careful
        case .succeeded: .good
        case .failed: .bad
        case .superseded, .skipped: .faint
        }
    }
}
