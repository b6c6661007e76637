import FleetModel
import FleetStore
import Reconciling

/// Carries out starts and stops that were just recorded, and waits for AWS as a person would.
struct SessionWait: Sendable {
    let context: DutyContext
    let tell: @Sendable (JobProgress) -> Void
    /// How long a person waits for AWS.
    private static let deadline: Duration = .seconds(600)
    /// After so many looks, some two seconds, it says what is waited for.
    private static let quietLooks = 4

    /// Carries the sessions out and waits until AWS has done them; false where some are left to the runner.
    func carryOut(_ instances: [String]) async throws -> Bool {
        let deadline = ContinuousClock.now + SessionWait.deadline
        var looks = 0
        var told: Set<String> = []
        while true {
            let pending = try await context.store.pendingSessions(fleetID: context.fleetID, instances: instances)
            guard !pending.isEmpty else { return true }
            let tried = pending.filter { $0.session.calledAt == nil && $0.session.attempts > 0 }
            for item in tried where told.insert(item.instance.name).inserted {
                tell(.note("\(item.instance.name): \(item.session.error ?? "failed"); the runner tries again"))
            }
            guard tried.count < pending.count else { return false }
            guard ContinuousClock.now < deadline else {
                let names = pending.map(\.instance.name).joined(separator: ", ")
                tell(.note("AWS is still at it: \(names). The runner sees it through."))
                return false
            }
            let groups = Dictionary(grouping: pending, by: { "\($0.instance.region) \($0.session.action.rawValue)" })
            for (_, items) in groups.sorted(by: { $0.key < $1.key }) {
                guard let first = items.first else { continue }
                _ = try await PowerRun(
                    context.power, action: first.session.action, region: first.instance.region,
                    now: try await context.store.databaseNow()
                ).carryOut(items.filter { !told.contains($0.instance.name) })
            }
            looks += 1
            if looks == SessionWait.quietLooks {
                tell(.doing("waiting for AWS: \(pending.map(\.instance.name).joined(separator: ", "))"))
            }
            try await Task.sleep(for: looks < 4 ? .milliseconds(500) : .seconds(3))
        }
    }
}
