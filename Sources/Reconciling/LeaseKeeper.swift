import FleetModel
import FleetStore
import Logging

/// Renews the leases that this process holds while it works, and knows when one was lost.
///
/// Renewal is one statement every few seconds, whatever the number of leases. A lease that could not be renewed before
/// it expired is lost: nothing more may be written or called under it.
public actor LeaseKeeper {
    /// How long an apply's lease lasts without renewal: so soon another takes over from a process that died.
    public static let seconds = 15
    /// A call is begun only while the leases last at least this long.
    private static let margin: Duration = .seconds(5)

    private let store: FleetStore
    private let fleetID: Int64
    private let holder: LeaseHolder
    private let logger: Logger
    private let seconds: Int
    private let renewal: Duration
    private var leases: [String: Lease] = [:]
    /// Until when each lease is surely ours, by this machine's steady clock: counted from before the renewal was sent.
    private var validUntil: [String: ContinuousClock.Instant] = [:]
    private var renewing: Task<Void, Never>?

    /// A keeper without leases, which takes and renews them in the name of `holder`.
    ///
    /// - Parameters:
    ///   - seconds: how long a lease lasts without renewal.
    ///   - renewal: how often all are renewed, in one statement; a fraction of `seconds`.
    public init(
        store: FleetStore, fleetID: Int64, holder: LeaseHolder, logger: Logger, seconds: Int = LeaseKeeper.seconds,
        renewal: Duration = .seconds(4)
    ) {
        self.seconds = seconds
        self.renewal = renewal
        self.store = store
        self.fleetID = fleetID
        self.holder = holder
        self.logger = logger
    }

    /// Tries to take a lease; it is renewed from then on.
    public func acquire(_ name: String) async throws -> LeaseAttempt {
        guard let attempt = try await acquire([name])[name] else { throw ReconcileFailure.leaseLost }
        return attempt
    }

    /// Tries to take leases, each by itself, in two statements for hundreds of them.
    public func acquire(_ names: [String]) async throws -> [String: LeaseAttempt] {
        guard !names.isEmpty else { return [:] }
        let before = ContinuousClock.now
        let attempts = try await store.acquireLeases(names, fleetID: fleetID, holder: holder, seconds: seconds)
        for case .acquired(let lease) in attempts.values { keep(lease, since: before) }
        return attempts
    }

    /// Gives a lease back.
    public func release(_ name: String) async { await release([name]) }

    /// Gives leases back, in one statement for hundreds of them.
    public func release(_ names: [String]) async {
        let mine = names.compactMap { leases.removeValue(forKey: $0) }
        for name in names { validUntil[name] = nil }
        guard !mine.isEmpty else { return }
        do {
            try await store.releaseLeases(mine)
        } catch {
            // They expire by themselves; nobody waits longer than their length.
            logger.warning(
                "leases could not be given back",
                metadata: ["leases": "\(mine.map(\.name).sorted().joined(separator: " "))", "error": "\(error)"])
        }
    }

    /// The names of all leases that are surely held.
    public var heldNames: Set<String> {
        let now = ContinuousClock.now
        return Set(leases.keys.filter { name in validUntil[name].map { $0 > now } ?? false })
    }

    /// Gives all leases back and stops renewing.
    public func close() async {
        renewing?.cancel()
        renewing = nil
        await release(leases.keys.sorted())
    }

    /// The leases of these names, for a write; throws ``ReconcileFailure/leaseLost`` if one is not surely ours any
    /// more.
    public func held(_ names: String...) throws -> [Lease] { try held(names) }

    /// The leases of these names, for a write; throws ``ReconcileFailure/leaseLost`` if one is not surely ours any
    /// more.
    public func held(_ names: [String]) throws -> [Lease] {
        let soon = ContinuousClock.now + LeaseKeeper.margin
        return try names.map { name in
            guard let lease = leases[name], let until = validUntil[name], until > soon else {
                throw ReconcileFailure.leaseLost
            }
            return lease
        }
    }

    private func keep(_ lease: Lease, since: ContinuousClock.Instant) {
        leases[lease.name] = lease
        validUntil[lease.name] = since + .seconds(seconds)
        // close() cancels it; until then it keeps this keeper alive, as the leases do.
        if renewing == nil { renewing = Task { await run() } }
    }

    private func run() async {
        while !Task.isCancelled {
            // A cancelled sleep ends the loop at its condition.
            try? await Task.sleep(for: renewal)
            if !Task.isCancelled { await renew() }
        }
    }

    private func renew() async {
        guard !leases.isEmpty else { return }
        let before = ContinuousClock.now
        do {
            let asked = leases
            let kept = try await store.renewLeases(Array(asked.values), seconds: seconds)
            let names = Set(kept.map(\.name))
            // One that was given back and taken again meanwhile has another generation, and is no concern of this renewal.
            for lease in kept where leases[lease.name]?.generation == lease.generation {
                leases[lease.name] = lease
                validUntil[lease.name] = before + .seconds(seconds)
            }
            for (name, lease) in asked
            where !names.contains(name) && leases[name]?.generation == lease.generation {
                logger.error("a lease was lost to another", metadata: ["lease": "\(name)"])
                leases[name] = nil
                validUntil[name] = nil
            }
        } catch {
            logger.warning("leases could not be renewed; trying again", metadata: ["error": "\(error)"])
        }
    }
}

extension LeaseKeeper {
    /// The lease that makes an apply the only one of its fleet.
    public static let apply = "apply"

    /// The operation lock of an instance.
    public static func operation(_ instance: String) -> String { "instance/\(instance)" }

    /// Takes the apply lease, waiting for it to expire where its holder seems to have died.
    ///
    /// - Throws: ``ReconcileFailure/leaseHeld(_:)`` as soon as the holder is seen to renew it.
    public func acquireApply(progress: @Sendable (Lease) -> Void) async throws {
        var seen: Lease?
        let deadline = ContinuousClock.now + .seconds(LeaseKeeper.seconds + 5)
        while true {
            guard case .held(let other) = try await acquire(LeaseKeeper.apply) else { return }
            let isRenewed = seen.map { other.generation != $0.generation || other.expiresAt > $0.expiresAt } ?? false
            if isRenewed || ContinuousClock.now > deadline { throw ReconcileFailure.leaseHeld(other) }
            if seen == nil { progress(other) }
            seen = other
            try await Task.sleep(for: .seconds(1))
        }
    }
}
