import Diagnostics
import FleetModel
import LibYAML

/// Checks each deployment's bot and parameters against the bots that are known (SPEC 1).
///
/// Pure. Reports bots that two places define, deployments whose bot is not known (a warning while a source could not be
/// read), and parameters that are unknown, missing, of the wrong type or out of range. Values of password parameters
/// are never quoted.
/// - Returns: what is wrong, by file and position.
public func checkBots(_ repository: FleetRepository, catalogue: BotCatalogueView) -> [Diagnostic] {
    let findings = Findings()
    BotCheck(repository, catalogue, findings).run()
    return findings.sorted
}

/// One check of a repository against a catalogue.
private struct BotCheck {
    let repository: FleetRepository
    let catalogue: BotCatalogueView
    let findings: Findings
    let bots: [String: Bot]

    init(_ repository: FleetRepository, _ catalogue: BotCatalogueView, _ findings: Findings) {
        self.repository = repository
        self.catalogue = catalogue
        self.findings = findings
        bots = Dictionary(catalogue.bots.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func run() {
        checkDefinedOnce()
        // Many deployments share a bot: its parameters are indexed once.
        var indexes: [String: [String: BotParameter]] = [:]
        for deployment in repository.deployments {
            let name = deployment.value.bot
            guard let bot = bots[name] else {
                reportUnknownBot(of: deployment)
                continue
            }
            let parameters =
                indexes[name]
                ?? Dictionary(
                    bot.parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            indexes[name] = parameters
            check(deployment, bot, parameters)
        }
    }

    private func checkDefinedOnce() {
        var first: [String: Bot] = [:]
        for bot in catalogue.bots.sorted(by: { ($0.name, $0.source, $0.path) < ($1.name, $1.source, $1.path) }) {
            guard let earlier = first[bot.name] else {
                first[bot.name] = bot
                continue
            }
            // Two custom bots of one name are told where the files are read.
            guard earlier.source != Bot.customSource || bot.source != Bot.customSource else { continue }
            let words = "bot '\(bot.name)' is defined twice: by \(origin(earlier)) and by \(origin(bot))"
            findings.error(place(of: bot), words)
        }
    }

    private func origin(_ bot: Bot) -> String {
        bot.source == Bot.customSource ? "a file of this repository" : "\(bot.path) of source '\(bot.source)'"
    }

    /// The document that brings a bot in.
    private func place(of bot: Bot) -> SourceLocation {
        if bot.source == Bot.customSource {
            let custom = repository.customBots.first { $0.value.name == bot.name }
            if let custom { return custom.place(of: "bot") }
        }
        let source = repository.sources.first { $0.value.name == bot.source }
        return source?.place(of: "source") ?? SourceLocation(file: "bots")
    }

    private func reportUnknownBot(of deployment: Located<Deployment>) {
        let name = deployment.value.bot
        guard !name.isEmpty else { return }
        // A custom bot whose blocks can't be read is told as such.
        guard !repository.customBots.contains(where: { $0.value.name == name }) else { return }
        let place = deployment.place(of: "bot")
        if catalogue.uncheckedSources.isEmpty {
            let hint = findings.hint(for: name, among: Array(bots.keys), called: "bots")
            findings.error(place, "no bot is named \(Quotation.quoted(name))\(hint)")
        } else {
            let sources = catalogue.uncheckedSources.sorted().joined(separator: ", ")
            findings.warning(place, "bot \(Quotation.quoted(name)) could not be checked: unread sources are \(sources)")
        }
    }

    private func check(_ deployment: Located<Deployment>, _ bot: Bot, _ parameters: [String: BotParameter]) {
        for fault in ParameterFault.all(of: deployment.value.parameters, as: bot, parameters) {
            let path = "parameters.\(fault.name)"
            let text = fault.text(bot: bot.name)
            switch fault {
            case .unknown(let name):
                let place = deployment.places["\(path):"] ?? deployment.place(of: path)
                findings.error(
                    place, text + findings.hint(for: name, among: Array(parameters.keys), called: "parameters"))
            case .unfit: findings.error(deployment.place(of: path), text)
            case .missing:
                // One whose value can't be read is told as such.
                guard deployment.places[path] == nil else { continue }
                findings.error(deployment.places["parameters"] ?? deployment.place(of: "bot"), text)
            }
        }
    }
}
