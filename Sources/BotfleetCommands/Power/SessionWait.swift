import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Reconciling
import Runner

/// Carries out starts and stops that were just recorded, and waits for AWS as a person would.
struct SessionWait {
    private let session: FleetSession
    /// How long a person waits for AWS.
    private static let deadline: Duration = .seconds(600)

    init(_ session: FleetSession) { self.session = session }

    /// Carries the sessions out, and waits until AWS has done them.
    func carryOut(_ instances: [String]) async throws -> ExitCode {
        let store = session.context.store
        let fleetID = session.context.fleetID
        let deadline = ContinuousClock.now + SessionWait.deadline
        var looks = 0
        var told: Set<String> = []
        while true {
            let pending = try await store.pendingSessions(fleetID: fleetID, instances: instances)
            guard !pending.isEmpty else { return .success }
            let tried = pending.filter { $0.session.calledAt == nil && $0.session.attempts > 0 }
            for item in tried where told.insert(item.instance.name).inserted {
                Terminal.writeError("\(item.instance.name): \(item.session.error ?? "failed"); the runner tries again")
            }
            guard tried.count < pending.count else { return .failure }
            guard ContinuousClock.now < deadline else {
                let names = pending.map(\.instance.name).joined(separator: ", ")
                Terminal.writeError("AWS is still at it: \(names). The runner sees it through.")
                return .failure
            }
            let groups = Dictionary(grouping: pending, by: { "\($0.instance.region) \($0.session.action.rawValue)" })
            for (_, items) in groups.sorted(by: { $0.key < $1.key }) {
                guard let first = items.first else { continue }
                _ = try await PowerRun(
                    session.context.power, action: first.session.action, region: first.instance.region,
                    now: try await store.databaseNow()
                ).carryOut(items.filter { !told.contains($0.instance.name) })
            }
            looks += 1
            try await Task.sleep(for: looks < 4 ? .milliseconds(500) : .seconds(3))
        }
    }
}

extension [DueDeployment] {
    /// Makes sure that each name is a deployment or an instance of these.
    func requireAll(_ names: [String], _ store: FleetStore, _ fleetID: Int64) async throws {
        let known = Set(map(\.deployment.name)).union(flatMap { $0.instances.map(\.name) })
        guard let missing = names.first(where: { !known.contains($0) }) else { return }
        let all = try await store.instances(fleetID: fleetID).filter(\.managed)
        let others = Set(all.map(\.name)).union(all.compactMap(\.deployment)).sorted()
        throw CommandFailure.notFound(kind: "instance", name: missing, among: others)
    }

    /// The instances that names stand for, each with its deployment, in order: a deployment's name is all of its instances.
    func instances(named names: [String]) -> [(deployment: DueDeployment, name: String)] {
        flatMap { deployment in
            deployment.instances.map(\.name)
                .filter { names.contains($0) || names.contains(deployment.deployment.name) }
                .sorted(by: NaturalOrder.precedes)
                .map { (deployment, $0) }
        }
    }
}
