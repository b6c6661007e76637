import FleetModel

/// An event as `events` lists it.
public struct EventRow: Hashable, Sendable {
    /// Grows with each event.
    public var id: Int64
    /// When it was written.
    public var at: Instant
    /// What happened.
    public var event: Event

    /// An event of the outbox.
    public init(id: Int64, at: Instant, event: Event) {
        self.id = id
        self.at = at
        self.event = event
    }
}

extension EventRow: Listable {
    /// What several are called.
    public static var plural: String { "events" }

    /// What people see of one.
    public static var columns: [ListColumn<EventRow>] {
        [
            ListColumn("ID", isNumber: true) { row, _ in Cell(String(row.id)) },
            ListColumn("AGE") { row, context in Cell(Spans.text(seconds: context.now - row.at)) },
            ListColumn("EVENT") { row, _ in Cell(row.event.type) },
            ListColumn("SUBJECT") { row, _ in Cell(row.event.subject) },
            ListColumn("PAYLOAD", narrowest: 18) { row, _ in
                Cell(row.event.payload == .object([:]) ? nil : ValueText.bounded(row.event.payload))
            },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("id", Int(id)), Field("at", at), Field("type", event.type), Field("subject", event.subject),
            Field("payload", event.payload),
        ]
    }
}
