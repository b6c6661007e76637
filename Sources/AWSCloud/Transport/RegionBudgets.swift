import Synchronization

/// One retry budget a region, shared by all calls and services there.
final class RegionBudgets: Sendable {
    private let budgets = Mutex<[String: RetryBudget]>([:])

    func take(_ region: String, afterTimeout: Bool) -> Int? {
        budgets.withLock { $0[region, default: RetryBudget()].take(afterTimeout: afterTimeout) }
    }

    func refund(_ region: String, _ cost: Int?) {
        budgets.withLock { $0[region, default: RetryBudget()].refund(cost) }
    }
}
