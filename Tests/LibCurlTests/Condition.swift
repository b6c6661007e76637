import Foundation

/// A condition that threads wait for: once signalled it stays so, and nobody waits longer than ten seconds.
final class Condition: @unchecked Sendable {
    private let condition = NSCondition()
    private var isSignalled = false

    func signal() {
        condition.lock()
        isSignalled = true
        condition.broadcast()
        condition.unlock()
    }

    func wait() {
        let deadline = Date(timeIntervalSinceNow: 10)
        condition.lock()
        while !isSignalled, condition.wait(until: deadline) {}
        condition.unlock()
    }
}
