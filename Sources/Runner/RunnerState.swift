import Duties
import FleetModel
import Foundation
import Reconciling
import Synchronization

/// What a runner knows of itself: for /healthz and /metrics, and from many tasks at once.
final class RunnerState: Sendable {
    /// One state at a moment.
    struct Snapshot: Sendable {
        var databaseError: String?
        var awsError: String?
        /// When the last tick ended without the database failing; nil before the first.
        var lastTickAt: ContinuousClock.Instant?
        /// Seconds between ticks, as they really pass.
        var tickInterval: Duration = .seconds(60)
        var regions: Set<String> = []
        var isDraining = false
        var runs: [RunKey: Int] = [:]
        var seconds: [DutyName: Double] = [:]
        var sessions: [SessionKey: Int] = [:]
        var lateness: Int?
        /// Alarms that the last run of a duty raised.
        var alarms: [DutyName: Int] = [:]
    }

    struct RunKey: Hashable, Sendable {
        var duty: DutyName
        var outcome: String
    }

    struct SessionKey: Hashable, Sendable {
        var duty: DutyName
        var outcome: String
    }

    private let snapshot = Mutex(Snapshot())

    var current: Snapshot { snapshot.withLock { $0 } }

    func update(_ body: (inout Snapshot) -> Void) { snapshot.withLock { body(&$0) } }

    /// Counts a run of a duty.
    func count(_ duty: DutyName, _ outcome: DutyOutcome, seconds: Double) {
        update { state in
            state.runs[RunKey(duty: duty, outcome: outcome.errors.isEmpty ? "succeeded" : "failed"), default: 0] += 1
            state.seconds[duty] = seconds
            state.alarms[duty] = outcome.alarms.count
            let report = outcome.report
            for (name, count) in [
                ("succeeded", report.succeeded), ("failed", report.failed), ("skipped", report.skipped),
            ] where count > 0 {
                state.sessions[SessionKey(duty: duty, outcome: name), default: 0] += count
            }
        }
    }
}

extension RunnerState.Snapshot {
    /// Why it is not ready; nil where it is.
    func problem(now: ContinuousClock.Instant) -> String? {
        if isDraining { return "it is draining" }
        if let databaseError { return "database: \(databaseError)" }
        guard let lastTickAt else { return "it has not done its first tick yet" }
        if now - lastTickAt > tickInterval * 3 + .seconds(10) {
            return "its last tick was \((now - lastTickAt).components.seconds) s ago"
        }
        if let awsError { return "AWS: \(awsError)" }
        return nil
    }
}
