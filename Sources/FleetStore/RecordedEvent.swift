import FleetModel
import LibMySQL

/// An event as it stands in the outbox.
public struct RecordedEvent: Sendable, Equatable {
    /// Grows with each event.
    public var id: Int64
    /// When it was written, by the database's clock.
    public var at: Instant
    /// What happened.
    public var event: Event

    /// A value of its parts.
    public init(id: Int64, at: Instant, event: Event) {
        self.id = id
        self.at = at
        self.event = event
    }

    init(_ row: MySQLRow) throws(MySQLError) {
        let at: MySQLDateTime = try row.get(1)
        self.init(
            id: try row.get(0), at: at.instant,
            event: Event(type: try row.get(2), subject: try row.get(3), payload: try row.json(at: 4)))
    }
}
