import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Views

/// `botfleet duties`: when each duty last ran, how it went, and who does it.
struct DutiesCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "duties", abstract: "List duties: when each last ran, how long it took, how it went, who does it.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Only this duty.", valueName: "name")) var name: String?

    func run(in context: CommandContext) async throws -> ExitCode {
        let rows: [DutyRow] = try await context.withRecorded { store, recorded in
            guard let fleet = recorded.fleet, fleet.settings.revision > 0 else { return [] }
            let settings = try CanonicalJSON.decode(StoredSettings.self, from: fleet.settings.json).settings
            let last = try await store.duties(fleetID: fleet.id)
            let leases = try await store.leases(fleetID: fleet.id)
            let holders = Dictionary(leases.map { ($0.name, $0.holder) }, uniquingKeysWith: { first, _ in first })
            let regions = recorded.definitions.keys.filter { $0.kind == .region }.map(\.key).sorted()
            return KnownDuties.all.flatMap { duty in
                let parts: [String?] = duty.scope == .fleet ? [nil] : regions
                return parts.map { region in
                    let run = last.first { $0.name == duty.name && $0.region == region }
                    let lease = duty.scope.leases(regions: region.map { [$0] } ?? []).first
                    return DutyRow(
                        name: duty.name.rawValue, region: region,
                        every: settings.duties[duty.name.rawValue] ?? duty.name.interval,
                        lastRunAt: run?.startedAt, tookSeconds: run.map { $0.finishedAt - $0.startedAt },
                        outcome: run.map { $0.error == nil ? "succeeded" : "failed" }, error: run?.error,
                        holder: lease.flatMap { holders[$0] }, nextAt: run?.nextAt)
                }
            }
        }
        if let name, !KnownDuties.all.contains(where: { $0.name.rawValue == name }) {
            throw CommandFailure.notFound(
                kind: "duty", name: name, among: KnownDuties.all.map(\.name.rawValue))
        }
        Terminal.write(
            ListView.list(name.map { name in rows.filter { $0.name == name } } ?? rows, as: format, in: context.list))
        return .success
    }
}
