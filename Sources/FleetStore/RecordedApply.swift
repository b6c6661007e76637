import FleetModel
import LibMySQL

/// An apply as it is recorded.
public struct RecordedApply: Sendable, Equatable {
    /// Grows with each apply.
    public var id: Int64
    /// Who, what, how it ended.
    public var record: ApplyRecord
    /// When it began, by the database's clock.
    public var startedAt: Instant
    /// When it ended; nil while it runs.
    public var finishedAt: Instant?

    /// A value of its parts.
    public init(id: Int64, record: ApplyRecord, startedAt: Instant, finishedAt: Instant?) {
        self.id = id
        self.record = record
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    init(_ row: MySQLRow) throws(MySQLError) {
        let started: MySQLDateTime = try row.get(8)
        self.init(
            id: try row.get(0),
            record: ApplyRecord(
                author: try row.get(1), operatorName: try row.get(2), commit: try row.get(3), dirty: try row.get(4),
                summary: try row.json(at: 5), outcome: try row.decode(ApplyRecord.Outcome.self, at: 6),
                error: try row.get(7)),
            startedAt: started.instant, finishedAt: try row.instant(at: 9))
    }
}
