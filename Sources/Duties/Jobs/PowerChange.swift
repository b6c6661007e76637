import FleetModel
import FleetStore
import Scheduling

/// A person's start or stop: an override for a while, and what is to be done now.
struct PowerChange: Sendable {
    let request: JobRequest
    let action: Session.Action
    let context: DutyContext

    /// Records what is asked; anew where a tick came in between, so that nothing that became due is lost by it.
    func record() async throws -> [PowerRequest] {
        for _ in 0..<PowerChange.attempts {
            let now = try await context.store.databaseNow()
            let requests = try await requests(now: now)
            if try await context.store.record(requests, fleetID: context.fleetID, readAt: now) { return requests }
        }
        throw JobFailure.alwaysMoving
    }

    /// What would be recorded now; throws where it can't be.
    func requests(now: Instant) async throws -> [PowerRequest] {
        let found = try await context.store.deployments(fleetID: context.fleetID, named: request.names)
        try await found.requireAll(request.names, in: context)
        return try found.flatMap { try requests(for: $0, now) }
    }

    /// How often it is tried to record; each try takes milliseconds, and ticks come every minute.
    private static let attempts = 5

    private func requests(for deployment: DueDeployment, _ now: Instant) throws -> [PowerRequest] {
        let book = context.book
        let isWhole = request.names.contains(deployment.deployment.name)
        let instances = deployment.instances.filter { isWhole || request.names.contains($0.name) }
        let plain = try DeploymentTimeline(deployment, override: nil, book: book)
        let until = request.clear ? nil : try end(deployment, plain, now)
        return try instances.map { instance in
            let override =
                request.clear
                ? nil
                : PowerOverride(instance: instance.name, state: action.state, until: until, author: request.author)
            let wanted = try DeploymentTimeline(deployment, override: override, book: book).wanted(at: now)
            if !request.clear, wanted.state != action.state {
                throw JobFailure.overruled(
                    instance: instance.name, why: wanted.text(now: now, zone: try zone(deployment)))
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
        guard let state, !request.clear || instance.state.power != state else { return nil }
        let action = Session.Action(state)
        if request.clear, action == .stop, instance.state.power == nil { return nil }
        let session = Session(
            instance: instance.name, deployment: deployment.deployment.name, user: deployment.user.key, action: action,
            scheduledFor: now, outcome: .pending, source: .manual)
        guard let reason = DueDecision.nothingToDo(action, instance.state) else { return session }
        return session.skipped(reason)
    }

    private func end(_ deployment: DueDeployment, _ plain: DeploymentTimeline, _ now: Instant) throws -> Instant? {
        if let span = request.span { return now + span.seconds }
        if let text = request.until {
            let zone = try zone(deployment)
            let end = Instant(rfc3339: text) ?? LocalDateTime(text).map { zone.instant(of: $0) }
            guard let end else { throw JobFailure.unreadableTime(text) }
            guard end > now else { throw JobFailure.pastTime(text) }
            return end
        }
        return plain.next(after: now)?.at
    }

    private func zone(_ deployment: DueDeployment) throws -> TimeZoneRules {
        try context.book.zones.zone(deployment.schedule?.timezone ?? deployment.user.timezone)
    }
}

extension PowerRequest {
    /// `web-1: running until 2026-11-26T08:00:00Z`.
    var text: String {
        guard let override else { return "\(instance): override cleared" }
        let end = override.until.map { "until \($0)" } ?? "until cleared (--clear)"
        return "\(instance): \(override.state.rawValue) \(end)"
    }
}
