import FleetModel
import LibMySQL

/// Which sessions are wanted; nil lets all through.
public struct SessionFilter: Sendable, Equatable {
    /// The e-mail address; case does not count.
    public var user: String?
    /// The deployment's name.
    public var deployment: String?
    /// The instance's name.
    public var instance: String?
    /// How it ended, or that it has not.
    public var outcome: Session.Outcome?
    /// Scheduled at or after.
    public var since: Instant?
    /// Scheduled before.
    public var until: Instant?
    /// The most sessions, 1…
    public var limit: Int

    /// A filter; without arguments, all sessions, the latest hundred of them.
    public init(
        user: String? = nil, deployment: String? = nil, instance: String? = nil, outcome: Session.Outcome? = nil,
        since: Instant? = nil, until: Instant? = nil, limit: Int = 100
    ) {
        self.user = user
        self.deployment = deployment
        self.instance = instance
        self.outcome = outcome
        self.since = since
        self.until = until
        self.limit = limit
    }

    /// The filter as conditions behind `fleet_id = ?`.
    var condition: (sql: String, arguments: [MySQLValue]) {
        let parts: [(String, MySQLValue?)] = [
            ("user_email = ?", user.map { .string(User.key($0)) }), ("deployment = ?", deployment.map { .string($0) }),
            ("instance = ?", instance.map { .string($0) }), ("outcome = ?", outcome.map { .string($0.rawValue) }),
            ("scheduled_for >= ?", since.map { .datetime(MySQLDateTime($0)) }),
            ("scheduled_for < ?", until.map { .datetime(MySQLDateTime($0)) }),
        ]
        let wanted = parts.compactMap { part in part.1.map { (part.0, $0) } }
        return (wanted.map { " AND \($0.0)" }.joined(), wanted.map(\.1))
    }
}
