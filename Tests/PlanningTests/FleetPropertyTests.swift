import Diagnostics
import FleetModel
import Foundation
import Planning
import Testing

/// What holds for every fleet, tried on fleets made at random. A failure names its fleet's number: `BOTFLEET_SEED=N` makes it alone.
@Suite struct FleetPropertyTests {
    /// The numbers of the fleets to try.
    static var seeds: [UInt64] {
        if let given = ProcessInfo.processInfo.environment["BOTFLEET_SEED"].flatMap({ UInt64($0) }) { return [given] }
        let start = UInt64.random(in: 0..<1_000_000_000)
        return (0..<25).map { start + $0 }
    }

    /// A fleet with some history: applied, disturbed, edited.
    private func fleet(_ dice: inout Dice) throws -> FleetFixture {
        var fixture = try RandomFleet.make(&dice)
        try fixture.apply()
        try RandomFleet.disturb(&fixture, &dice)
        RandomFleet.edit(&fixture, &dice)
        return fixture
    }

    @Test func planAfterAPerfectApplyIsEmpty() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            var fixture = try RandomFleet.make(&dice)
            for round in 1...4 {
                try fixture.apply()
                let rest = try fixture.plan()
                #expect(
                    rest.isEmpty, "fleet \(seed), round \(round): \(rest.changes.map { "\($0.address): \($0.reason)" })"
                )
                #expect(rest.drift.allSatisfy { !$0.fixed }, "fleet \(seed), round \(round): \(rest.driftLines)")
                try RandomFleet.disturb(&fixture, &dice)
                RandomFleet.edit(&fixture, &dice)
            }
        }
    }

    @Test func samePlanComesOfTheSameInputsWhateverTheirOrder() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            let fixture = try fleet(&dice)
            let desired = fixture.desired
            let plan = try Planner.plan(
                desired: desired, recorded: fixture.recorded, observed: fixture.observed, now: fixture.now,
                zones: systemZones)
            var shuffled = desired
            shuffled.repository.deployments.shuffle(using: &dice)
            shuffled.repository.users.shuffle(using: &dice)
            shuffled.repository.regions.shuffle(using: &dice)
            shuffled.repository.schedules.shuffle(using: &dice)
            var observed = fixture.observed
            for region in observed.regions.keys.sorted() {
                observed.regions[region]?.instances.shuffle(using: &dice)
                observed.regions[region]?.securityGroups.shuffle(using: &dice)
            }
            // Dictionaries that were filled in another order iterate in another.
            var recorded = fixture.recorded
            recorded.definitions = [:]
            recorded.definitions.reserveCapacity(500)
            for (address, row) in fixture.recorded.definitions.shuffled(using: &dice) {
                recorded.definitions[address] = row
            }
            recorded.instances = [:]
            recorded.instances.reserveCapacity(500)
            for (name, row) in fixture.recorded.instances.shuffled(using: &dice) { recorded.instances[name] = row }
            let again = try Planner.plan(
                desired: shuffled, recorded: recorded, observed: observed, now: fixture.now, zones: systemZones)
            #expect(again == plan, "fleet \(seed)")
            #expect(try CanonicalJSON.encode(again.plan) == CanonicalJSON.encode(plan.plan), "fleet \(seed)")
        }
    }

    @Test func onlyTheFleetsOwnIsEverChanged() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            let fixture = try fleet(&dice)
            var ours = Set(fixture.recorded.instances.values.filter(\.managed).compactMap(\.instanceID))
            ours.formUnion(fixture.recorded.securityGroups.values.map(\.groupID))
            ours.formUnion(fixture.recorded.keyPairs.values.map(\.keyName))
            for region in fixture.observed.regions.values {
                ours.formUnion(region.instances.filter { $0.fleet == "acme" }.map(\.instanceID))
            }
            let strange = try fixture.plan().touchedIDs.subtracting(ours)
            #expect(strange.isEmpty, "fleet \(seed): \(strange)")
        }
    }

    @Test func noTwoMachinesBearOneNameAfterAnApply() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            var fixture = try fleet(&dice)
            try fixture.apply()
            let alive = fixture.observed.regions.values.flatMap(\.instances).filter {
                $0.fleet == "acme" && $0.state.isAlive
            }
            let recorded = Set(fixture.recorded.instances.values.compactMap(\.instanceID))
            // Names that people took off, and `drift: report` leaves off, are no names twice.
            let names = alive.compactMap(\.name)
            #expect(Set(names).count == names.count, "fleet \(seed): \(names.sorted())")
            #expect(alive.allSatisfy { recorded.contains($0.instanceID) }, "fleet \(seed)")
        }
    }

    @Test func planHoldsNoPlantedSecretAndComesBackFromItsFile() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            let plan = try fleet(&dice).plan()
            let text = try CanonicalJSON.encode(plan)
            #expect(!text.contains(RandomFleet.plantedSecret), "fleet \(seed)")
            let saved = try CanonicalJSON.decode(Plan.self, from: text)
            #expect(plan.addressesThatMoved(since: saved).isEmpty, "fleet \(seed)")
            #expect(plan.restricted(to: saved) == plan, "fleet \(seed)")
        }
    }

    @Test func changesAreInOrderOnePerAddressAndEachSaysWhy() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            let plan = try fleet(&dice).plan()
            let addresses = plan.changes.map(\.address)
            #expect(addresses == addresses.sorted(), "fleet \(seed)")
            #expect(Set(addresses).count == addresses.count, "fleet \(seed)")
            #expect(plan.changes.allSatisfy { !$0.reason.isEmpty && !$0.systems.isEmpty && $0.operation != nil })
            #expect(plan.changes.allSatisfy { ($0.action == .delete) == ($0.location == nil) }, "fleet \(seed)")
            #expect(plan.changes.allSatisfy { !$0.changedAttributes.isEmpty }, "fleet \(seed)")
        }
    }

    @Test func targetedPlanIsAPartOfTheWholeWithTheSameFingerprints() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            let fixture = try fleet(&dice)
            let whole = try fixture.plan()
            guard let target = whole.changes.map(\.address).randomElement(using: &dice) else { continue }
            let part = try fixture.plan(PlanOptions(targets: [target]))
            #expect(part.changes.contains { $0.address == target }, "fleet \(seed): \(target)")
            #expect(part.changes.allSatisfy { whole.changes.contains($0) }, "fleet \(seed): \(target)")
        }
    }

    @Test func emptyDatabasePlansAsForAnEmptyFleet() throws {
        for seed in Self.seeds {
            var dice = Dice(seed)
            var fixture = try RandomFleet.make(&dice)
            let empty = try fixture.result()
            // A row that the lease needed before the first apply is no record of settings.
            fixture.recorded.fleet = RecordedFleet(
                id: 1, name: "acme", settings: RecordedDefinition(json: "{}", revision: 0))
            let registered = try fixture.result()
            #expect(registered.plan.changes.dropFirst().elementsEqual(empty.plan.changes.dropFirst()), "fleet \(seed)")
            #expect(empty.plan.changes.allSatisfy { $0.action == .create }, "fleet \(seed)")
            #expect(registered.plan.changes.first?.address == .fleet("acme"), "fleet \(seed)")
        }
    }
}
