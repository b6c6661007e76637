import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Foundation
import Reconciling
import Runner
import Scheduling
import Views

/// `botfleet start`: starts instances now, and keeps them running for a while whatever the schedule says.
struct StartCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start instances, and keep them running for a while.",
        discussion: PowerOptions.discussion)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var power: PowerOptions

    func run(in context: CommandContext) async throws -> ExitCode {
        try await PowerCommand(action: .start, options: power, context: context).run()
    }
}

/// `botfleet stop`: stops instances now, and keeps them stopped for a while whatever the schedule says.
struct StopCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop instances, and keep them stopped for a while.",
        discussion: PowerOptions.discussion)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var power: PowerOptions

    func run(in context: CommandContext) async throws -> ExitCode {
        try await PowerCommand(action: .stop, options: power, context: context).run()
    }
}

/// The options that start and stop share.
struct PowerOptions: ParsableArguments {
    static let discussion = """
        An override: it lasts for --for, or until --until, else until the schedule's next transition; without a schedule \
        until --clear. It wins over schedule and state, not over a hold or a suspended user. `botfleet status` lists those \
        that stand; --clear takes one away, and power goes back to what the schedule or state wants.
        """

    @Argument(help: ArgumentHelp("Deployments or instances.", valueName: "name")) var names: [String]
    @Option(
        name: .customLong("for"), help: ArgumentHelp("For so long: 90s, 30m, 2h, 1d.", valueName: "span"),
        transform: PowerOptions.span)
    var span: TimeSpan?
    @Option(help: ArgumentHelp("Until then (RFC 3339, or local to the schedule's or user's zone).", valueName: "time"))
    var until: String?
    @Flag(help: "Take the override away.") var clear = false
    @Flag(help: "Only record it: the runner does it within a minute.") var background = false

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Name a deployment or an instance.") }
        if [span != nil, until != nil, clear].count(where: { $0 }) > 1 {
            throw ValidationError("--for, --until and --clear exclude each other.")
        }
    }

    /// Reads `90s`, `30m`, `2h`, `1d`.
    static func span(_ text: String) throws -> TimeSpan {
        guard let span = TimeSpan(text), span.seconds > 0 else {
            throw ValidationError("'\(text)' is no length of time: 90s, 30m, 2h, 1d.")
        }
        return span
    }
}

/// What start and stop do.
struct PowerCommand {
    let action: Session.Action
    let options: PowerOptions
    let context: CommandContext

    func run() async throws -> ExitCode {
        try context.requireZones()
        return try await context.withSession(fleet: nil, purpose: "botfleet \(action.rawValue)") { session, _ in
            let store = session.context.store
            let (requests, now) = try await recorded(store, session)
            for request in requests { Terminal.write(line(request, now) + "\n") }
            let waiting = requests.compactMap(\.session).map(\.instance)
            guard !options.background, !waiting.isEmpty else { return .success }
            return try await SessionWait(session).carryOut(waiting)
        }
    }

    /// Records what is asked; anew where a tick came in between, so that nothing that became due is lost by it.
    private func recorded(
        _ store: FleetStore, _ session: FleetSession
    ) async throws -> (requests: [PowerRequest], now: Instant) {
        for _ in 0..<PowerCommand.attempts {
            let now = try await store.databaseNow()
            let found = try await store.deployments(fleetID: session.context.fleetID, named: options.names)
            try await found.requireAll(options.names, store, session.context.fleetID)
            let requests = try found.flatMap { try self.requests(for: $0, session.context.book, now) }
            if try await store.record(requests, fleetID: session.context.fleetID, readAt: now) {
                return (requests, now)
            }
        }
        throw CommandFailure.alwaysMoving
    }

    /// How often it is tried to record; each try takes milliseconds, and ticks come every minute.
    private static let attempts = 5

    // MARK: What is asked

    private func requests(
        for deployment: DueDeployment, _ book: ScheduleBook, _ now: Instant
    ) throws -> [PowerRequest] {
        let isWhole = options.names.contains(deployment.deployment.name)
        let instances = deployment.instances.filter { isWhole || options.names.contains($0.name) }
        let plain = try DeploymentTimeline(deployment, override: nil, book: book)
        let until = options.clear ? nil : try end(deployment, plain, book, now)
        return try instances.map { instance in
            let override =
                options.clear
                ? nil
                : PowerOverride(
                    instance: instance.name, state: action.state, until: until,
                    author: "\(NSUserName())@\(ProcessInfo.processInfo.hostName)")
            let wanted = try DeploymentTimeline(deployment, override: override, book: book).wanted(at: now)
            if !options.clear, wanted.state != action.state {
                throw CommandFailure.overruled(
                    instance: instance.name, why: wanted.text(now: now, zone: try zone(deployment, book)))
            }
            return PowerRequest(
                instance: instance.name, deployment: deployment.deployment.name, override: override,
                session: session(wanted.state, instance, deployment, now))
        }
    }

    /// What is to be done now; a cleared override leaves what is as it is wanted already, or wanted by nobody.
    private func session(
        _ state: PowerState?, _ instance: RecordedInstanceState, _ deployment: DueDeployment, _ now: Instant
    ) -> Session? {
        guard let state, !options.clear || instance.state.power != state else { return nil }
        let action = Session.Action(state)
        if options.clear, action == .stop, instance.state.power == nil { return nil }
        let session = Session(
            instance: instance.name, deployment: deployment.deployment.name, user: deployment.user.key, action: action,
            scheduledFor: now, outcome: .pending, source: .manual)
        guard let reason = DueDecision.nothingToDo(action, instance.state) else { return session }
        return session.skipped(reason)
    }

    private func end(
        _ deployment: DueDeployment, _ plain: DeploymentTimeline, _ book: ScheduleBook, _ now: Instant
    ) throws -> Instant? {
        if let span = options.span { return now + span.seconds }
        if let text = options.until {
            let zone = try zone(deployment, book)
            let end = Instant(rfc3339: text) ?? LocalDateTime(text).map { zone.instant(of: $0) }
            guard let end else { throw CommandFailure.unreadableTime(text) }
            guard end > now else { throw CommandFailure.pastTime(text) }
            return end
        }
        return plain.next(after: now)?.at
    }

    private func zone(_ deployment: DueDeployment, _ book: ScheduleBook) throws -> TimeZoneRules {
        try book.zones.zone(deployment.schedule?.timezone ?? deployment.user.timezone)
    }

    private func line(_ request: PowerRequest, _ now: Instant) -> String {
        guard let override = request.override else { return "\(request.instance): override cleared" }
        let end = override.until.map { "until \($0)" } ?? "until cleared (--clear)"
        return "\(request.instance): \(override.state.rawValue) \(end)"
    }
}
