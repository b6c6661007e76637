import AWSCloud
import Synchronization

/// The request counters of all AWS doors that a runner has opened: one for each revision of the settings.
final class CounterBox: Sendable {
    private let counters: Mutex<[RequestCounter]>

    init(_ first: RequestCounter) { counters = Mutex([first]) }

    func add(_ counter: RequestCounter) { counters.withLock { $0.append(counter) } }

    /// Requests by operation.
    var counts: [String: Int] {
        var sums: [String: Int] = [:]
        for counter in counters.withLock({ $0 }) {
            for (key, count) in counter.counts { sums["\(key.service):\(key.action)", default: 0] += count }
        }
        return sums
    }
}
