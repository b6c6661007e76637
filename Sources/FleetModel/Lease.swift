/// The right to do something alone for a while: a row with a holder, a generation and an expiry.
public struct Lease: Hashable, Sendable {
    /// What it is for: `apply`, `instance/linkedin-watch-2`, `duty/instance:sync/eu-west-1`.
    public var name: String
    /// The fleet's row number: leases of two fleets in one database never meet.
    public var fleetID: Int64
    /// Who has it, or had it last where it has expired.
    public var holder: LeaseHolder
    /// Grows by one each time another takes it: a write under an old generation is refused.
    public var generation: Int64
    /// By the database's clock, RFC 3339.
    public var acquiredAt: Instant
    /// By the database's clock; a renewal moves it, and after one it is a lower bound.
    public var expiresAt: Instant

    /// A lease as its row reads.
    public init(
        name: String, fleetID: Int64, holder: LeaseHolder, generation: Int64, acquiredAt: Instant, expiresAt: Instant
    ) {
        self.name = name
        self.fleetID = fleetID
        self.holder = holder
        self.generation = generation
        self.acquiredAt = acquiredAt
        self.expiresAt = expiresAt
    }
}

/// Who holds a lease, so that others can be told.
public struct LeaseHolder: Hashable, Sendable, Codable {
    /// Unique to the process's run: a UUID.
    public var id: String
    /// The machine's name, as it calls itself.
    public var host: String
    /// The process's number on that machine.
    public var pid: Int
    /// The system's user that runs the process.
    public var user: String
    /// What it is doing: `botfleet apply`.
    public var purpose: String

    /// A holder as others are told of it.
    public init(id: String, host: String, pid: Int, user: String, purpose: String) {
        self.id = id
        self.host = host
        self.pid = pid
        self.user = user
        self.purpose = purpose
    }
}

/// What trying to take a lease came to.
public enum LeaseAttempt: Hashable, Sendable {
    /// It is ours, under a generation that nobody else ever had.
    case acquired(Lease)
    /// Another has it; the lease says who, since when and until when.
    case held(by: Lease)
}
