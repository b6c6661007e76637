import ArgumentParser
import FleetModel
import FleetStore
import Runner
import Scheduling
import Views

/// `botfleet status`: the fleet at a glance, from what is recorded.
struct StatusCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the fleet at a glance: instances by state, what is due next, the last apply.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    /// How many transitions to come are shown.
    private static let dueLimit = 10

    func run(in context: CommandContext) async throws -> ExitCode {
        let status: FleetStatus = try await context.withRecorded { store, recorded in
            try await self.status(store, recorded, context)
        }
        Terminal.write(StatusView.render(status, as: format, style: context.style))
        return .success
    }

    private func status(
        _ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext
    ) async throws -> FleetStatus {
        let now = store.estimatedNow ?? context.now
        let timelines = try RecordedTimelines(recorded, zones: context.zones)
        let managed = recorded.instances.values.filter(\.managed)
        var lastApply: ApplyRow?
        if let fleet = recorded.fleet, let last = try await store.applies(fleetID: fleet.id, limit: 1).first {
            lastApply = ApplyRow(
                id: last.id, record: last.record, startedAt: last.startedAt, finishedAt: last.finishedAt)
        }
        let name = recorded.fleet?.name ?? context.settings?.name ?? ""
        return FleetStatus(
            fleet: name, accountID: recorded.fleet?.accountID, now: now,
            instances: Dictionary(managed.map { ($0.state, 1) }, uniquingKeysWith: +),
            unmanaged: recorded.instances.count - managed.count, deployments: try timelines.rows(now: now),
            due: try due(timelines, recorded, now), drift: nil, lastApply: lastApply,
            runners: try await runners(store, recorded),
            overrides: recorded.overrides.values.sorted { $0.instance < $1.instance }
                .filter { $0.until.map { $0 > now } ?? true })
    }

    /// Runners that live: each holds a lease of its own, and renews it all the time.
    private func runners(_ store: FleetStore, _ recorded: RecordedState) async throws -> [RunnerRow] {
        guard let fleet = recorded.fleet else { return [] }
        return try await store.leases(fleetID: fleet.id).filter { $0.name.hasPrefix("runner/") }
            .map { lease in
                RunnerRow(
                    holder: lease.holder, since: lease.acquiredAt, seenAt: lease.expiresAt - Runner.leaseSeconds)
            }
    }

    private func due(
        _ timelines: RecordedTimelines, _ recorded: RecordedState, _ now: Instant
    ) throws -> [DueTransition] {
        var result: [DueTransition] = []
        for deployment in timelines.deployments where deployment.count > 0 {
            guard let (timeline, zone) = try timelines.timeline(deployment), let next = timeline.next(after: now) else {
                continue
            }
            result.append(
                DueTransition(
                    at: next.at, local: zone.timestamp(next.at), action: next.action, deployment: deployment.name,
                    instances: deployment.count))
        }
        return Array(result.sorted { ($0.at, $0.deployment) < ($1.at, $1.deployment) }.prefix(StatusCommand.dueLimit))
    }
}
