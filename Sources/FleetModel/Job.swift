/// What a person, or an event, asks to be done: now, or by a runner through the queue (SPEC 6).
public struct JobRequest: Hashable, Sendable, Codable {
    /// What is to be done.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case start, stop, restart, terminate, restore, sync
        /// Lets an address reach a user's instances.
        case allowIP = "allow-ip"
        /// Takes away what was let in and has ended.
        case closeIP = "close-ip"
    }

    /// What is to be done.
    public var kind: Kind
    /// Deployments, instances, a user or a region: whatever it is done to.
    public var names: [String]
    /// Of start and stop: for so long.
    public var span: TimeSpan?
    /// Of start, stop and allow-ip: until then, as it was written.
    public var until: String?
    /// Of start and stop: the override is taken away.
    public var clear: Bool
    /// Of terminate: so many, whatever the guard says.
    public var allowed: Int?
    /// Of sync: which duty.
    public var duty: DutyName?
    /// Of sync: whose results alone.
    public var instance: String?
    /// Of allow-ip: whom.
    public var source: CIDR?
    /// Who asked for it; nil where that is not known.
    public var author: String?
    /// When it was asked for, by the fleet's clock; the same in each try.
    public var at: Instant?

    /// A request without more than its subjects.
    public init(_ kind: Kind, _ names: [String], author: String? = nil) {
        self.kind = kind
        self.names = names
        self.clear = false
        self.author = author
    }
}

/// A request in the queue.
public struct Job: Hashable, Sendable {
    /// How far it is.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Waits for its time, or for somebody to take it.
        case queued
        /// Somebody is at it.
        case running
        /// Done.
        case succeeded
        /// Given up: refused, or its tries are used up. `botfleet jobs --retry` gives it new ones.
        case failed
    }

    /// Its number.
    public var id: Int64
    /// What is to be done.
    public var request: JobRequest
    /// How far it is.
    public var outcome: Outcome
    /// How often it was begun.
    public var attempts: Int
    /// Not before.
    public var availableAt: Instant
    /// Why the last try failed.
    public var error: String?
    /// When it was asked for.
    public var createdAt: Instant
    /// When it was done or given up.
    public var finishedAt: Instant?

    /// A job as its row reads.
    public init(
        id: Int64, request: JobRequest, outcome: Outcome, attempts: Int, availableAt: Instant, error: String?,
        createdAt: Instant, finishedAt: Instant?
    ) {
        self.id = id
        self.request = request
        self.outcome = outcome
        self.attempts = attempts
        self.availableAt = availableAt
        self.error = error
        self.createdAt = createdAt
        self.finishedAt = finishedAt
    }

    /// How often a job is tried before it is given up.
    public static let mostAttempts = 5

    /// Seconds until the next try, after so many: 10 s, 30 s, 2 and 10 min.
    public static func pause(afterAttempt attempt: Int) -> Int {
        let pauses = [10, 30, 120, 600]
        return pauses[min(max(attempt, 1), pauses.count) - 1]
    }
}
