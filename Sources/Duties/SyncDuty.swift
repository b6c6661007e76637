import FleetModel
import FleetStore
import Reconciling

/// `instance:sync`: all instances of all regions against MySQL, lost ones launched again, starts and stops by hand undone under
/// `enforce`.
public struct SyncDuty: Duty {
    /// `instance:sync`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .syncInstances }

    private struct RegionLook: Sendable {
        var sync: InstanceSync
        var look: InstanceSync.Look?
        var outcome = DutyOutcome()
    }

    /// Looks at all regions at once, judges what they lost together, then records each by itself.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        var outcome = DutyOutcome()
        let looks = await look(regions, context, now)
        for look in looks { outcome.add(look.outcome) }
        let lost = looks.flatMap { $0.look?.lost ?? [] }
        let limit = context.settings.guards.maxTerminations
        let believes = lost.count <= limit
        outcome.add(await record(looks, believesLosses: believes))
        if !believes {
            let alarm = ReconcileFailure.tooManyLost(count: lost.count, limit: limit, instances: lost.sorted())
            for look in looks where look.look?.lost.isEmpty == false { outcome.fail(look.sync.region, alarm) }
        }
        try await raise(outcome, context)
        return outcome
    }

    private func look(_ regions: [String], _ context: DutyContext, _ now: Instant) async -> [RegionLook] {
        await withTaskGroup(of: RegionLook.self) { group in
            for region in regions {
                group.addTask {
                    let power = context.power.under([DutyContext.schedulingLease(region: region)])
                    var found = RegionLook(sync: InstanceSync(power, region: region, book: context.book))
                    do {
                        found.look = try await found.sync.look(now: now)
                    } catch {
                        found.outcome.fail(region, error)
                    }
                    return found
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func record(_ looks: [RegionLook], believesLosses: Bool) async -> DutyOutcome {
        await withTaskGroup(of: DutyOutcome.self) { group in
            for item in looks {
                guard let look = item.look else { continue }
                group.addTask {
                    var outcome = DutyOutcome()
                    do {
                        let report = try await item.sync.record(look, believesLosses: believesLosses)
                        outcome.recorded = report.enforced + report.restoring.count
                        outcome.changed = report.changed
                        outcome.report = report.power
                        outcome.notes = report.notes + SyncDuty.notes(on: report)
                    } catch {
                        outcome.fail(item.sync.region, error)
                    }
                    return outcome
                }
            }
            return await group.reduce(into: DutyOutcome()) { $0.add($1) }
        }
    }

    private static func notes(on report: SyncReport) -> [String] {
        report.lost.map { name in
            report.restoring.contains(name) ? "\(name) was lost, and is launched again" : "\(name) was lost"
        }
    }

    /// Tells receivers of an alarm, once and not at every run for as long as it lasts.
    private func raise(_ outcome: DutyOutcome, _ context: DutyContext) async throws {
        guard !outcome.alarms.isEmpty else { return }
        let known = Set(
            try await context.store.duties(fleetID: context.fleetID).filter { $0.name == name }.compactMap(\.error))
        let new = Set(outcome.alarms).subtracting(known).sorted()
        guard !new.isEmpty else { return }
        try await context.store.write(
            new.map { alarm in
                .event(
                    Event(
                        type: "SyncAlarm", subject: Address.fleet(context.settings.name).description,
                        payload: ["error": .string(alarm)]))
            }, fleetID: context.fleetID, under: [])
    }
}
