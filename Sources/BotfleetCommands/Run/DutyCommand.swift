import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Foundation
import Reconciling
import Runner
import Scheduling
import Views

/// `botfleet duty NAME`: runs one duty once, for cron, systemd timers and Kubernetes.
struct DutyCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "duty", abstract: "Run one duty once.",
        discussion: """
            Duties: \(KnownDuties.all.map(\.name.rawValue).joined(separator: ", ")).
            Does in all regions what the runner would do now, then ends; for cron, systemd timers and Kubernetes. Needs \
            BOTFLEET_DATABASE_URL and AWS credentials, no files. While a runner does the duty it ends with 75 and says who. instance:start does the jobs of the queue first.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("instance:start, instance:sync, …", valueName: "name")) var name: String
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?
    @Option(
        help: ArgumentHelp(
            "As if it were this time (RFC 3339): not before what is accounted for already, not after now.",
            valueName: "time"))
    var at: Instant?

    private var duty: (any Duty)? { KnownDuties.all.first { $0.name.rawValue == name } }

    func validate() throws {
        guard duty != nil else {
            let known = KnownDuties.all.map(\.name.rawValue).sorted().joined(separator: ", ")
            throw ValidationError("There is no duty '\(name)'. Duties: \(known).")
        }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        guard let duty else { return .failure }
        return try await DutyOnce(
            duty: duty, fleet: fleet, at: at, drainsQueue: duty.name == .start, purpose: "botfleet duty \(name)"
        ).run(in: context)
    }
}

/// A duty that is run once, in all regions whose leases can be had.
struct DutyOnce {
    let duty: any Duty
    /// The fleet's name where an option gives it.
    var fleet: String?
    /// As if it were this time; nil is now.
    var at: Instant?
    /// Whether jobs of the queue are done as well.
    var drainsQueue = false
    /// What others are told who find the leases taken.
    let purpose: String

    /// How long it waits for another `botfleet duty`, as where timers start several at once.
    private static let patience: Duration = .seconds(50)

    /// The leases that could be had: another duty's are waited for, a runner's left to it.
    private func acquired(_ wanted: [String], _ session: FleetSession) async throws -> Set<String> {
        let deadline = ContinuousClock.now + DutyOnce.patience
        var mine: Set<String> = []
        while true {
            let attempts = try await session.context.keeper.acquire(wanted.filter { !mine.contains($0) })
            var holders: [Lease] = []
            for (name, attempt) in attempts.sorted(by: { $0.key < $1.key }) {
                switch attempt {
                case .acquired: mine.insert(name)
                case .held(let other): holders.append(other)
                }
            }
            let isWorthWaiting = holders.contains {
                $0.holder.purpose.hasPrefix("botfleet duty") || $0.holder.purpose.hasPrefix("botfleet sync")
            }
            guard isWorthWaiting, ContinuousClock.now < deadline else {
                if mine.isEmpty, let other = holders.first { throw ReconcileFailure.dutyHeld(other) }
                return mine
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        let outcome = try await context.withSession(fleet: fleet, purpose: purpose) {
            session, regions in
            let store = session.context.store
            let started = try await store.databaseNow()
            let now = at ?? started
            if now > started { throw RunnerFailure.badTime("\(now) is after now, \(started)") }
            if let cursor = try await store.latestCursor(fleetID: session.context.fleetID, regions: regions),
                now < cursor
            {
                throw RunnerFailure.badTime("\(now) is before \(cursor), up to which all is accounted for already")
            }
            let mine = try await acquired(duty.scope.leases(regions: regions), session)
            let regions = regions.filter { mine.isSuperset(of: duty.scope.leases(regions: [$0])) }
            // Where timers do the duties, the queue is this one's too: most of what is asked for is a start or stop.
            if drainsQueue {
                try await JobRun.drain(session.context, claim: UUID().uuidString.lowercased()) { context.show($0) }
            }
            let outcome = try await duty.run(in: session.context, regions: regions, at: now)
            let ended = try await store.databaseNow()
            try await store.record(
                outcome.records(
                    of: duty, regions: regions, startedAt: started, finishedAt: ended,
                    nextAt: started + session.interval(of: duty.name).seconds), fleetID: session.context.fleetID)
            return outcome
        }
        let report = outcome.report
        Terminal.writeError(
            "\(duty.name.rawValue): \(outcome.recorded) recorded, \(outcome.changed) rows changed, \(report.succeeded) done, \(report.underWay) under way, "
                + "\(report.failed) failed, \(report.skipped) skipped, \(report.locked) left to others")
        for note in outcome.notes { Terminal.writeError(note) }
        for (what, error) in outcome.errors.merging(report.errors, uniquingKeysWith: { first, _ in first })
            .sorted(by: { $0.key < $1.key })
        {
            Terminal.writeError("\(what): \(error)")
        }
        return outcome.errors.isEmpty && report.failed == 0 ? .success : .failure
    }
}
