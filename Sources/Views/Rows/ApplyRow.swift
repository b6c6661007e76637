import FleetModel

/// A recorded apply: who, what, when, how it ended.
public struct ApplyRow: Hashable, Sendable {
    /// Its number in the database.
    public var id: Int64
    /// Who applied what, and how it ended.
    public var record: ApplyRecord
    /// When it began.
    public var startedAt: Instant
    /// When it ended; nil while it runs or where it was killed.
    public var finishedAt: Instant?

    /// An apply.
    public init(id: Int64, record: ApplyRecord, startedAt: Instant, finishedAt: Instant?) {
        self.id = id
        self.record = record
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    /// The commit's first 12 digits, and whether files differed from it.
    var commit: String? { record.commit.map { "\($0.prefix(12))\(record.dirty ? " (dirty)" : "")" } }
}

extension ApplyRow: Listable {
    /// What several are called.
    public static var plural: String { "applies" }

    /// What people see of one.
    public static var columns: [ListColumn<ApplyRow>] {
        [
            ListColumn("ID", isNumber: true) { row, _ in Cell(String(row.id)) },
            ListColumn("AGE") { row, context in Cell(Spans.text(seconds: context.now - row.startedAt)) },
            ListColumn("OUTCOME") { row, _ in Cell(row.record.outcome.rawValue, row.record.outcome.tone) },
            ListColumn("COMMIT") { row, _ in Cell(row.commit) },
            ListColumn("AUTHOR", narrowest: 18) { row, _ in Cell(row.record.author) },
            ListColumn("BY") { row, _ in Cell(row.record.operatorName) },
            ListColumn("ERROR", narrowest: 18) { row, _ in Cell(row.record.error) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("id", Int(id)), Field("author", record.author), Field("operator", record.operatorName),
            Field("commit", record.commit), Field("dirty", record.dirty), Field("outcome", record.outcome.rawValue),
            Field("summary", record.summary), Field("started_at", startedAt), Field("finished_at", finishedAt),
            Field("error", record.error),
        ]
    }
}

extension ApplyRecord.Outcome {
    var tone: Tone {
        switch self {
        case .running: .careful
        case .succeeded: .good
        case .failed, .interrupted: .bad
        }
    }
}
