/// When a failed call is tried again, and after how long. Pure: the dice are a parameter.
///
/// Pauses have full jitter: anything from nothing to a bound that doubles. Source: "Exponential Backoff And Jitter",
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
public struct RetryPolicy: Hashable, Sendable {
    /// How often a call is tried in all, at least 1.
    public var maximumAttempts: Int
    /// The bound of the first pause.
    public var firstPause: Duration
    /// The bound of the first pause where AWS asked for fewer requests.
    public var firstThrottlingPause: Duration
    /// No pause is longer.
    public var longestPause: Duration
    /// A call ends within this, its pauses and attempts taken together.
    public var deadline: Duration

    /// A policy; `standard` suits nearly always.
    public init(
        maximumAttempts: Int = 6, firstPause: Duration = .milliseconds(100),
        firstThrottlingPause: Duration = .milliseconds(500), longestPause: Duration = .seconds(20),
        deadline: Duration = .seconds(90)
    ) {
        precondition(maximumAttempts >= 1, "a call that is never tried does nothing")
        self.maximumAttempts = maximumAttempts
        self.firstPause = firstPause
        self.firstThrottlingPause = firstThrottlingPause
        self.longestPause = longestPause
        self.deadline = deadline
    }

    /// Six attempts within 90 s.
    public static let standard = RetryPolicy()

    /// Whether an error that came in attempt `attempt` (from 1) deserves another.
    ///
    /// What may have been carried out is repeated only where that does no harm.
    public func retries(_ error: AWSError, attempt: Int, isRepeatable: Bool) -> Bool {
        attempt < maximumAttempts && error.isRetryable && (isRepeatable || !error.mayHaveTakenEffect)
    }

    /// The pause after attempt `attempt` (from 1); `dice` is in 0..<1.
    public func pause(afterAttempt attempt: Int, isThrottling: Bool, dice: Double) -> Duration {
        let first = isThrottling ? firstThrottlingPause : firstPause
        // 2^30 of any first pause is over any longest one; the shift must not overflow.
        let bound = min(longestPause, first * (1 << min(max(attempt - 1, 0), 30)))
        return bound * min(max(dice, 0), 1)
    }
}
