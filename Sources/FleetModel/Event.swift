/// Something that happened, written in the transaction that changed the rows (the outbox, SPEC 8).
public struct Event: Hashable, Sendable, Codable {
    /// `InstanceLaunched`, `InstanceStatusUpdated`, `ApplyFinished`, …
    public var type: String
    /// What it is about: an address, or `apply.17`.
    public var subject: String
    /// An object with what receivers need; never a secret.
    public var payload: JSONValue

    /// An event about a subject, with an empty payload unless one is given.
    public init(type: String, subject: String, payload: JSONValue = .object([:])) {
        self.type = type
        self.subject = subject
        self.payload = payload
    }
}
