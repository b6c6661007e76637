import FleetModel
import FleetStore
import Reconciling
import Scheduling

/// Does what a person asked for; the same code in a command and in a runner (SPEC 6).
public struct JobPerformer: Sendable {
    private let context: DutyContext
    private let tell: @Sendable (JobProgress) -> Void
    private let waits: Bool

    /// A performer that tells what it does.
    ///
    /// - Parameter waits: carries starts and stops out and waits for AWS; otherwise they are recorded, and instance:start and
    ///   instance:stop do them.
    public init(_ context: DutyContext, waits: Bool, tell: @escaping @Sendable (JobProgress) -> Void) {
        self.context = context
        self.waits = waits
        self.tell = tell
    }

    /// Refuses what can't be done as it was asked for, before it goes into the queue.
    public func check(_ request: JobRequest) async throws {
        switch request.kind {
        case .start, .stop:
            _ = try await power(request).requests(now: try await context.store.databaseNow())
        case .restart, .restore: _ = try await found(request.names)
        case .terminate: _ = try await terminable(request)
        case .allowIP: _ = try await grant(request)
        case .sync, .closeIP: break
        }
    }

    /// The time that a request is recorded as asked for: now, or the first second after it in which no session of a restart's
    /// instances is scheduled, since its own are told by it.
    public func time(of request: JobRequest) async throws -> Instant {
        var time = try await context.store.databaseNow()
        guard request.kind == .restart else { return time }
        for name in try await found(request.names).instances(named: request.names).map(\.name) {
            let later = try await context.store.sessions(
                fleetID: context.fleetID, filter: SessionFilter(instance: name, since: time))
            if let last = later.map(\.scheduledFor).max() { time = last + 1 }
        }
        return time
    }

    /// Does it, at the time that it was asked for; false where a part of it failed or is left to the runner.
    public func perform(_ request: JobRequest, at time: Instant) async throws -> Bool {
        switch request.kind {
        case .start, .stop:
            let requests = try await power(request).record()
            for item in requests { tell(.done(item.text)) }
            return try await carryOut(requests.compactMap(\.session).filter { $0.outcome == .pending }.map(\.instance))
        case .restart:
            return try await Restart(context: context, time: time, tell: tell).run(request.names)
        case .terminate: return try await terminate(try await terminable(request))
        case .restore: return try await restore(request.names)
        case .sync: return try await sync(request)
        case .allowIP: return try await allow(try await grant(request), author: request.author)
        case .closeIP:
            for user in request.names {
                let closed = try await AddressAccess(context.power).closeEnded(
                    user: user, now: try await context.store.databaseNow())
                for source in closed { tell(.done("\(user): \(source) is let in no more")) }
            }
            return true
        }
    }

    // MARK: Power

    private func power(_ request: JobRequest) -> PowerChange {
        PowerChange(request: request, action: request.kind == .start ? .start : .stop, context: context)
    }

    private func carryOut(_ instances: [String]) async throws -> Bool {
        guard waits, !instances.isEmpty else { return true }
        return try await SessionWait(context: context, tell: tell).carryOut(instances)
    }

    private func found(_ names: [String]) async throws -> [DueDeployment] {
        let found = try await context.store.deployments(fleetID: context.fleetID, named: names)
        try await found.requireAll(names, in: context)
        return found
    }

    private func restore(_ names: [String]) async throws -> Bool {
        let found = try await found(names)
        let now = try await context.store.databaseNow()
        let restoration = Restoration(context.power, book: context.book)
        var restoring: [String] = []
        var isWhole = true
        for (deployment, name) in found.instances(named: names) {
            do {
                let session = try await restoration.restore(name, of: deployment, now: now)
                if session != nil { restoring.append(name) }
                let text = waits ? "launching" : "to be launched by the runner"
                tell(.done("\(name): \(session == nil ? "is there; nothing to restore" : text)"))
            } catch {
                isWhole = false
                tell(.failed(name, error))
            }
        }
        return try await carryOut(restoring) && isWhole
    }

    // MARK: Terminations

    private func terminable(_ request: JobRequest) async throws -> [String] {
        let instances = try await found(request.names).instances(named: request.names).map(\.name)
        let limit = max(context.settings.guards.maxTerminations, request.allowed ?? 0)
        guard instances.count <= limit else {
            throw ReconcileFailure.tooManyTerminations(count: instances.count, limit: limit)
        }
        return instances
    }

    private func terminate(_ instances: [String]) async throws -> Bool {
        let now = try await context.store.databaseNow()
        let termination = DeliberateTermination(context.power)
        var isWhole = true
        for name in instances {
            do {
                tell(.done("\(name): \(try await termination.terminate(name, now: now))"))
            } catch {
                isWhole = false
                tell(.failed(name, error))
            }
        }
        return isWhole
    }

    // MARK: Syncs

    /// The part of a sync that this process holds the lease of: a region, or what is the whole fleet's.
    private func sync(_ request: JobRequest) async throws -> Bool {
        guard let name = request.duty, let known = KnownDuties.all.first(where: { $0.name == name }) else {
            return true
        }
        var duty = known
        if name == .syncFolders { duty = FoldersDuty(whole: request.instance.map { .of(instance: $0) } ?? .all) }
        let started = try await context.store.databaseNow()
        let outcome = try await duty.run(in: context, regions: request.names, at: started)
        try await context.store.record(
            outcome.records(
                of: duty, regions: request.names, startedAt: started,
                finishedAt: try await context.store.databaseNow(), nextAt: nil), fleetID: context.fleetID)
        for (part, error) in outcome.errors.sorted(by: { $0.key < $1.key }) { tell(.note("\(part): \(error)")) }
        return outcome.errors.isEmpty
    }

    // MARK: Addresses

    /// How long an address is let in unless it is said.
    private static let accessSeconds = 24 * 3600

    private func grant(_ request: JobRequest) async throws -> AddressGrant {
        guard let source = request.source, let email = request.names.first else {
            throw JobFailure.notFound(kind: "user", name: request.names.first ?? "", among: [])
        }
        guard let user = try await context.store.user(fleetID: context.fleetID, email: email) else {
            throw JobFailure.notFound(
                kind: "user", name: email,
                among: try await context.store.userKeys(fleetID: context.fleetID).sorted())
        }
        guard !source.isEverything else { throw JobFailure.openToAll(source.description) }
        let now = try await context.store.databaseNow()
        let until: Instant?
        switch request.until {
        case "never"?: until = nil
        case nil: until = now + JobPerformer.accessSeconds
        case let text?:
            let zone = try context.book.zones.zone(user.timezone)
            guard let end = Instant(rfc3339: text) ?? LocalDateTime(text).map({ zone.instant(of: $0) }) else {
                throw JobFailure.unreadableTime(text)
            }
            guard end > now else { throw JobFailure.pastTime(text) }
            until = end
        }
        return AddressGrant(user: user.key, source: source, until: until)
    }

    private func allow(_ grant: AddressGrant, author: String?) async throws -> Bool {
        let groups = try await AddressAccess(context.power).allow(grant)
        if let until = grant.until {
            _ = try await context.store.enqueue(
                JobRequest(.closeIP, [grant.user], author: author), fleetID: context.fleetID, availableAt: until)
        }
        let end = grant.until.map { "until \($0)" } ?? "for good"
        let place =
            groups == 0
            ? "there is no security group of theirs yet; the apply that makes one lets it in"
            : groups == 1 ? "one security group" : "\(groups) security groups"
        tell(.done("\(grant.user): \(grant.source) is let in \(end) (\(place))"))
        return true
    }
}
