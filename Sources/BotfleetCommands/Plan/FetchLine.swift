import Foundation
import Reconciling
import Synchronization

/// How far a fetch of a bot source is: one line on a terminal, rewritten as it goes; nothing elsewhere.
final class FetchLine: Sendable {
    /// When it was shown last; nil while it is not.
    private let shown = Mutex<ContinuousClock.Instant?>(nil)
    private let isTerminal = Terminal.errorIsTerminal

    func show(_ source: String, _ stage: FetchStage) {
        guard isTerminal, stage.total > 0 else { return }
        let isDue = shown.withLock { last in
            if let last, ContinuousClock.now - last <= .milliseconds(100) { return false }
            last = .now
            return true
        }
        if isDue { Terminal.writeErrorRaw("\r\u{1B}[Kfetching \(source): \(stage.received)/\(stage.total) objects") }
    }

    func clear() {
        let wasShown = shown.withLock { last in
            defer { last = nil }
            return last != nil
        }
        if wasShown { Terminal.writeErrorRaw("\r\u{1B}[K") }
    }
}
