import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet bots`: the catalogue.
struct BotsCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "bots", abstract: "List bots, their versions and who uses them; NAME shows one.")
    static let noun = "bot"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) async throws -> [BotRow] {
        guard let fleet = recorded.fleet else { return [] }
        let catalogue = Dictionary(
            try await store.catalogue(fleetID: fleet.id).map { ([$0.bot.source, $0.bot.name], $0) },
            uniquingKeysWith: { first, _ in first })
        let deployments = try recorded.values(.deployment, as: Deployment.self)
        let users = Dictionary(grouping: deployments, by: \.bot).mapValues { $0.map(\.name) }
        var instances: [String: [String: [String]]] = [:]
        for instance in recorded.instances.values.sorted(by: { NaturalOrder.precedes($0.name, $1.name) }) {
            guard let bot = instance.bot, let text = instance.spec, instance.state.isAlive else { continue }
            let spec = try CanonicalJSON.decode(InstanceSpec.self, from: text)
            instances[bot, default: [:]][spec.bundle, default: []].append(instance.name)
        }
        let applied = try recorded.values(.bot, as: Bot.self)
        let rows = applied.map { bot in
            let entry = catalogue[[bot.source, bot.name]]
            let bundle = recorded.bundles[bot.name]
            return BotRow(
                bot: bot, status: entry.map { status(of: bot, bundle, $0) }, latestCommit: entry?.bot.commit,
                deployments: users[bot.name] ?? [], instances: instances[bot.name] ?? [:], bundle: bundle?.digest)
        }
        let known = Set(applied.map { [$0.source, $0.name] })
        let new = catalogue.values.filter { $0.retiredAt == nil && !known.contains([$0.bot.source, $0.bot.name]) }
        return
            (rows + new.map { BotRow(bot: $0.bot, status: .new, latestCommit: $0.bot.commit) })
            .sorted { ($0.bot.name, $0.bot.source) < ($1.bot.name, $1.bot.source) }
    }

    private func status(of bot: Bot, _ bundle: RecordedBundle?, _ entry: CataloguedBot) -> BotRow.Status {
        guard entry.retiredAt == nil else { return .retired }
        var moved = bot
        moved.commit = entry.bot.commit
        return moved == entry.bot && bundle?.key ?? entry.bundleKey == entry.bundleKey ? .current : .changed
    }

    static func name(of row: BotRow) -> String { row.bot.name }
}
