/// How often, and after what pauses, something that failed for a passing reason is done again.
public struct MySQLRetryPolicy: Sendable, Equatable {
    /// The most times it is done, the first included; at least 1.
    public var attempts: Int
    /// The pause after the first failure; it doubles with each.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration

    /// A policy; see the properties.
    public init(attempts: Int, firstPause: Duration, longestPause: Duration) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Ten times within about five seconds: longer than a deadlock storm or a server's restart, shorter than a person's patience.
    public static let standard = MySQLRetryPolicy(
        attempts: 10, firstPause: .milliseconds(10), longestPause: .seconds(2))

    /// Once.
    public static let never = MySQLRetryPolicy(attempts: 1, firstPause: .zero, longestPause: .zero)

    /// The pause after a failed attempt, counted from 1: half to all of what doubling gives, by `jitter` in 0…1, so that
    /// those who collided do not meet again.
    public func pause(after attempt: Int, jitter: Double) -> Duration {
        let doubled = firstPause * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, longestPause) * (0.5 + min(max(jitter, 0), 1) / 2)
    }
}
