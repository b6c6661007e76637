import FleetModel
import Foundation
import Planning
import Reconciling
import Synchronization
import Views

/// Shows an apply's progress on standard error: kept live on a terminal, a line a change elsewhere.
final class ProgressPrinter: Sendable {
    private struct State {
        var view: ProgressView
        var began: ContinuousClock.Instant
        var ticking: Task<Void, Never>?
    }

    private let state: Mutex<State>
    private let style: Style

    init(style: Style) {
        self.style = style
        self.state = Mutex(
            State(
                view: ProgressView(total: 0, isLive: Terminal.errorIsTerminal, style: style), began: .now, ticking: nil)
        )
    }

    /// The apply was approved: its changes begin now.
    func begin(total: Int) {
        state.withLock { state in
            state.view = ProgressView(total: total, isLive: Terminal.errorIsTerminal, style: style)
            state.began = .now
            guard state.ticking == nil else { return }
            state.ticking = Task { [weak self] in
                while !Task.isCancelled {
                    // A cancelled sleep ends the loop at its condition.
                    try? await Task.sleep(for: .seconds(1))
                    guard let self, !Task.isCancelled else { return }
                    self.write { $0.tick(at: $1) }
                }
            }
        }
    }

    func show(_ progress: ApplyProgress) { write { $0.receive(ProgressPrinter.event(progress), at: $1) } }

    func finish() {
        write { $0.finish(at: $1) }
        state.withLock { $0.ticking?.cancel() }
    }

    var summary: ApplySummary { state.withLock { $0.view.summary } }

    /// Changes and writes under one lock, so that lines never mix.
    private func write(_ step: (inout ProgressView, Duration) -> String) {
        state.withLock { state in
            let text = step(&state.view, state.began.duration(to: .now))
            if !text.isEmpty { Terminal.writeErrorRaw(text) }
        }
    }

    private static func event(_ progress: ApplyProgress) -> ProgressEvent {
        switch progress {
        case .waiting(let lease):
            .waiting(
                "\(lease.holder.purpose) of \(lease.holder.user)@\(lease.holder.host), process \(lease.holder.pid), "
                    + "holds the lease; waiting to see whether it lives")
        case .recovering(let step): .recovering("\(step.action) of \(step.address)")
        case .started(let change): .started(change.address, change.action)
        case .doing(let change, let text): .doing(change.address, text)
        case .finished(let change): .finished(change.address, change.action)
        case .failed(let change, let error): .failed(change.address, error)
        case .skipped(let change, let cause): .skipped(change.address, because: cause)
        }
    }
}
