import FleetModel
import FleetStore
import Logging

/// Renews the leases that this process holds while it works, and knows when one was lost.
///
/// Renewal is one statement every few seconds, whatever the number of leases. A lease that could not be renewed before
/// it expired is lost: nothing more may be written or called under it.
public actor LeaseKeeper {
    /// How long a lease lasts without renewal: so soon another takes over from a process that died.
    public static let seconds = 15
    private static let renewal: Duration = .seconds(4)
    /// A call is begun only while the leases last at least this long.
    private static let margin: Duration = .seconds(5)

    private let store: FleetStore
    private let fleetID: Int64
    private let holder: LeaseHolder
    private let logger: Logger
    private var leases: [String: Lease] = [:]
    /// Until when each lease is surely ours, by this machine's steady clock: counted from before the renewal was sent.
    private var validUntil: [String: ContinuousClock.Instant] = [:]
    private var renewing: Task<Void, Never>?

    /// A keeper without leases, which takes and renews them in the name of `holder`.
    public init(store: FleetStore, fleetID: Int64, holder: LeaseHolder, logger: Logger) {
        self.store = store
        self.fleetID = fleetID
        self.holder = holder
        self.logger = logger
    }

    /// Tries to take a lease; it is renewed from then on.
    public func acquire(_ name: String) async throws -> LeaseAttempt {
        let before = ContinuousClock.now
        let attempt = try await store.acquireLease(name, fleetID: fleetID, holder: holder, seconds: LeaseKeeper.seconds)
        if case .acquired(let lease) = attempt { keep(lease, since: before) }
        return attempt
    }

    /// Gives a lease back.
    public func release(_ name: String) async {
        guard let lease = leases.removeValue(forKey: name) else { return }
        validUntil[name] = nil
        do {
            try await store.releaseLeases([lease])
        } catch {
            // It expires by itself; nobody waits longer than its length.
            logger.warning("a lease could not be given back", metadata: ["lease": "\(name)", "error": "\(error)"])
        }
    }

    /// Gives all leases back and stops renewing.
    public func close() async {
        renewing?.cancel()
        renewing = nil
        for name in leases.keys.sorted() { await release(name) }
    }

    /// The leases of these names, for a write; throws ``ReconcileFailure/leaseLost`` if one is not surely ours any
    /// more.
    public func held(_ names: String...) throws -> [Lease] {
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
        validUntil[lease.name] = since + .seconds(LeaseKeeper.seconds)
        // close() cancels it; until then it keeps this keeper alive, as the leases do.
        if renewing == nil { renewing = Task { await run() } }
    }

    private func run() async {
        while !Task.isCancelled {
            // A cancelled sleep ends the loop at its condition.
            try? await Task.sleep(for: LeaseKeeper.renewal)
            if !Task.isCancelled { await renew() }
        }
    }

    private func renew() async {
        guard !leases.isEmpty else { return }
        let before = ContinuousClock.now
        do {
            let asked = leases
            let kept = try await store.renewLeases(Array(asked.values), seconds: LeaseKeeper.seconds)
            let names = Set(kept.map(\.name))
            for lease in kept where leases[lease.name] != nil {
                leases[lease.name] = lease
                validUntil[lease.name] = before + .seconds(LeaseKeeper.seconds)
            }
            for name in asked.keys where !names.contains(name) && leases[name] != nil {
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
