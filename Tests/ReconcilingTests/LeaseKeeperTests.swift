import FleetModel
import FleetStore
import FleetTestSupport
import Testing

@testable import Reconciling

@Suite struct LeaseKeeperTests {
    @Test func leaseOfALiveHolderIsToldAtOnceOrAsSoonAsItRenews() async throws {
        try await ReconcilingFixture.with { fixture in
            try await fixture.underApply { _ in
                let other = fixture.keeper()
                let failure = await #expect(throws: ReconcileFailure.self) { try await other.acquireApply { _ in } }
                guard case .leaseHeld(let lease)? = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                #expect(lease.holder.purpose == LeaseHolder.applyPurpose)
                await other.close()
            }
        }
    }

    @Test func leaseOfADeadHolderIsTakenOverWithHigherGeneration() async throws {
        try await ReconcilingFixture.with { fixture in
            // A holder that never renews is a dead one; a short lease spares the test the wait of a long one.
            let dead = try await fixture.store.acquireLease(
                LeaseKeeper.apply, fleetID: fixture.fleetID, holder: .current(purpose: LeaseHolder.applyPurpose),
                seconds: 2)
            guard case .acquired(let old) = dead else {
                Issue.record("the lease was not free")
                return
            }
            try await fixture.underApply { keeper in
                let held = try #require(try await keeper.held(LeaseKeeper.apply).first)
                #expect(held.generation == old.generation + 1)
                await #expect(throws: StoreError.self) {
                    try await fixture.store.write([.setAccount("123456789012")], fleetID: fixture.fleetID, under: [old])
                }
            }
        }
    }

    @Test func releasedLeaseIsNotHeldAnyMore() async throws {
        try await ReconcilingFixture.with { fixture in
            try await fixture.underApply { keeper in
                let name = LeaseKeeper.operation("web-1")
                guard case .acquired = try await keeper.acquire(name) else {
                    Issue.record("the lock was not free")
                    return
                }
                #expect(try await keeper.held(name).map(\.name) == [name])
                await keeper.release(name)
                await #expect(throws: ReconcileFailure.leaseLost) { try await keeper.held(name) }
                let other = fixture.keeper()
                guard case .acquired = try await other.acquire(name) else {
                    Issue.record("the lock was not given back")
                    return
                }
                await other.close()
            }
        }
    }

    @Test func leaseTakenByAnotherStopsEveryWrite() async throws {
        try await ReconcilingFixture.with { fixture in
            try await fixture.underApply { keeper in
                let mine = try await keeper.held(LeaseKeeper.apply)
                // What happens to a process that slept through its lease: another has the row now.
                try await fixture.store.releaseLeases(mine)
                let other = fixture.keeper()
                guard case .acquired = try await other.acquire(LeaseKeeper.apply) else {
                    Issue.record("the lease was not free")
                    return
                }
                await #expect(throws: StoreError.self) {
                    try await Journal(store: fixture.store, fleetID: fixture.fleetID, keeper: keeper, applyID: nil)
                        .write([.setAccount("123456789012")])
                }
                await other.close()
            }
        }
    }
}
