import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet regions`: where instances may be, and how many are.
struct RegionsCommand: ListCommand {
    static let configuration = CommandConfiguration(commandName: "regions", abstract: "List regions; NAME shows one.")
    static let noun = "region"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) async throws -> [RegionRow] {
        guard let fleet = recorded.fleet else { return [] }
        let capacities = try await store.capacities(fleetID: fleet.id)
        let images = try await store.images(fleetID: fleet.id)
        let instances = Dictionary(grouping: recorded.instances.values, by: \.region)
        return try recorded.values(.region, as: Region.self).map { region in
            let here = (instances[region.name] ?? []).filter(\.state.isAlive)
            let capacity = capacities[region.name] ?? RecordedCapacity()
            return RegionRow(
                region, instances: here.count, running: here.count { $0.state == .running },
                image: images.defaultImage(of: region), vcpuQuota: capacity.quota,
                vcpusByType: capacity.syncedAt.map { _ in
                    Dictionary(
                        capacity.usage.filter { $0.instances > 0 }.map { ($0.type, $0.vcpus) }, uniquingKeysWith: +)
                }, syncedAt: capacity.syncedAt)
        }
    }

    static func name(of row: RegionRow) -> String { row.region.name }
}
