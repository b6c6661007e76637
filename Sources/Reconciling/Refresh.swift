import FleetModel
import Planning
import Scheduling

/// What AWS shows of recorded instances, as changes of their rows: state, addresses, and starts and stops that came through.
///
/// An apply that was killed, or stopped waiting, leaves rows and sessions on their way; the next one finds them arrived.
enum Refresh {
    /// The rows that differ, and the pending sessions whose instance is where they wanted it. Instances that are gone are left to
    /// instance:sync, which tells lost from absent.
    static func changes(_ recorded: RecordedState, _ observed: ObservedState, now: Instant) -> [RecordChange] {
        var seen: [String: ObservedInstance] = [:]
        for instance in observed.regions.values.lazy.flatMap(\.instances) where instance.state.isAlive {
            seen[instance.instanceID] = instance
        }
        var changes: [RecordChange] = []
        for row in recorded.instances.values.sorted(by: { $0.name < $1.name }) where row.managed {
            guard let id = row.instanceID, let there = seen[id] else { continue }
            var refreshed = row
            refreshed.observe(there)
            if refreshed != row { changes.append(.putInstance(refreshed)) }
            guard let session = recorded.pendingSessions[row.name], hasArrived(there.state, session) else { continue }
            changes.append(.putSession(session.succeeded(at: now)))
        }
        return changes
    }

    private static func hasArrived(_ state: InstanceState, _ session: Session) -> Bool {
        switch session.action {
        case .start: state == .running
        case .stop: state == .stopped
        }
    }
}
