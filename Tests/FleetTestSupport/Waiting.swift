import Foundation

/// What a test waited for did not come about.
public struct WaitFailure: Error, CustomStringConvertible {
    /// What was waited for, and for how long.
    public var description: String
}

/// Waits until a condition holds, looking again every `interval`; throws `WaitFailure` after `timeout`.
///
/// `what` completes the sentence "waited 10 s, and still not: …". An error of the condition ends the waiting.
public func waitUntil(
    _ what: String = "the condition", timeout: Duration = .seconds(10), every interval: Duration = .milliseconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw WaitFailure(description: "waited \(timeout), and still not: \(what)")
        }
        try await Task.sleep(for: interval)
    }
}
