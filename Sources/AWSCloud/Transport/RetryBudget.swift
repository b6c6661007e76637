/// A bucket of tokens that retries cost and successes refill, so that a region that is down is not asked ever more
/// often.
///
/// The figures are those of the "standard" retry mode of AWS's SDKs: 500 tokens, 5 a retry, 10 after a timeout, 1 back
/// for a first success, and what a retry cost back when it works.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
public struct RetryBudget: Hashable, Sendable {
    /// Tokens in a full bucket.
    public let capacity: Int
    /// Tokens left.
    public private(set) var tokens: Int

    /// A full bucket.
    public init(capacity: Int = 500) {
        self.capacity = capacity
        self.tokens = capacity
    }

    /// Takes what a retry costs, and says how much; nil, and nothing taken, where too little is left.
    public mutating func take(afterTimeout: Bool) -> Int? {
        let cost = afterTimeout ? 10 : 5
        guard tokens >= cost else { return nil }
        tokens -= cost
        return cost
    }

    /// A call worked; `cost` is what its last retry had cost, nil where it needed none.
    public mutating func refund(_ cost: Int?) {
        tokens = min(capacity, tokens + (cost ?? 1))
    }
}
