import BotCatalog
import Diagnostics
import FleetFiles
import FleetModel
import FleetStore
import Reconciling

/// Where a fleet's bots come from, for a process that has no files of the fleet.
public struct BotSources: Sendable {
    /// As they were applied last.
    public let sources: [BotSource]
    let reader: BotCatalogReader

    /// Sources whose relative paths begin at `folder`; `environment` has what `{env: NAME}` names.
    public init(_ sources: [BotSource], folder: String, environment: [String: String]) {
        self.sources = sources
        reader = BotCatalogReader(
            folder: folder, cacheFolder: BotCatalogReader.defaultCacheFolder(environment: environment),
            environment: environment)
    }
}

/// `bots:sync-local`: the bots that each source has now, beside what was applied.
///
/// It tells what an apply would find: new, changed and retired bots, and deployments whose parameters fit no longer. What runs, and what
/// was applied, stays as it is.
public struct BotsDuty: Duty {
    /// `bots:sync-local`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .syncBots }

    /// Sources are the whole fleet's.
    public var scope: DutyScope { .fleet }

    /// Reads one source after another; one that fails keeps its bots as they were.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        var outcome = DutyOutcome()
        let (store, fleetID) = (context.store, context.fleetID)
        let lease = { try await context.keeper.held(DutyContext.fleetLease) }
        try await store.forgetSources(
            except: context.bots.sources.map(\.name), fleetID: fleetID, under: try await lease())
        let applied = try await store.bots(fleetID: fleetID)
        var total = CatalogueChanges()
        for source in context.bots.sources {
            do {
                let reading = try await context.bots.reader.fetch(source, recorded: applied)
                let bots = reading.bots.map {
                    CataloguedBot(bot: $0.bot, bundleKey: $0.bundleKey, changedAt: now)
                }
                let changes = try await store.record(
                    catalogue: bots, of: source, commit: reading.commit, fleetID: fleetID, under: try await lease())
                total.added += changes.added
                total.changed += changes.changed
                total.retired += changes.retired
                outcome.notes += reading.diagnostics.filter { $0.severity != .note }.map {
                    "source '\(source.name)': \($0.location.file): \($0.message)"
                }
            } catch let error as BotCatalogError {
                let text = DutyOutcome.text(error)
                outcome.errors["source.\(source.name)"] = text
                try await store.record(failure: text, of: source, fleetID: fleetID)
            }
        }
        outcome.changed = total.count
        outcome.notes += [("new", total.added), ("changed", total.changed), ("retired", total.retired)]
            .filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.sorted().joined(separator: ", "))" }
        let unfit = try await unfit(context)
        outcome.notes += unfit.flatMap { name, faults in faults.map { "deployment.\(name): \($0)" } }.sorted()
        try await tell(total, unfit, context, try await lease())
        return outcome
    }

    /// Deployments that the next apply would refuse, and why.
    private func unfit(_ context: DutyContext) async throws -> [String: [String]] {
        let catalogue = try await context.store.catalogue(fleetID: context.fleetID)
        let bots = Dictionary(catalogue.map { ($0.bot.name, $0) }) { first, second in
            first.retiredAt == nil ? first : second
        }
        var found: [String: [String]] = [:]
        for deployment in try await context.store.deployments(fleetID: context.fleetID) {
            // A bot of the fleet's own files is in no catalogue: it changes by an apply alone.
            guard let entry = bots[deployment.bot] else { continue }
            let faults =
                entry.retiredAt == nil
                ? ParameterFault.all(of: deployment.parameters, as: entry.bot).map { $0.text(bot: entry.bot.name) }
                : ["bot '\(entry.bot.name)' is no longer in source '\(entry.bot.source)'; what runs of it goes on"]
            if !faults.isEmpty { found[deployment.name] = faults }
        }
        return found
    }

    private func tell(
        _ changes: CatalogueChanges, _ unfit: [String: [String]], _ context: DutyContext, _ leases: [Lease]
    ) async throws {
        let list = { (names: [String]) -> JSONValue in .array(names.sorted().prefix(BotsDuty.told).map { .string($0) })
        }
        try await context.store.write(
            [
                .event(
                    Event(
                        type: "BotsSyncSucceeded", subject: Address.fleet(context.settings.name).description,
                        payload: [
                            "added": list(changes.added), "changed": list(changes.changed),
                            "retired": list(changes.retired), "unfit": list(Array(unfit.keys)),
                        ]))
            ], fleetID: context.fleetID, under: leases)
    }

    /// An event is to stay below 10 KB.
    private static let told = 30
}
