import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet images`: the machine images that aws:sync-amis recorded.
struct ImagesCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "List machine images, as aws:sync-amis recorded them last.")
    static let noun = "image"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "ami")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) async throws -> [ImageRow] {
        guard let fleet = recorded.fleet else { return [] }
        let images = try await store.images(fleetID: fleet.id)
        let regions = try recorded.values(.region, as: Region.self)
        let defaults = Set(
            regions.compactMap { region in
                images.defaultImage(of: region).map { [region.name, $0] }
            })
        return images.map { image in
            ImageRow(
                region: image.region, imageID: image.imageID, name: image.name, owner: image.owner,
                architecture: image.architecture, createdAt: image.createdAt,
                isDefault: defaults.contains([image.region, image.imageID]),
                isGone: image.goneSince != nil)
        }
    }

    static func name(of row: ImageRow) -> String { row.imageID }
}
