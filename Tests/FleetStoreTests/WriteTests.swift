import FleetModel
import FleetStore
import FleetTestSupport
import LibMySQL
import Testing

@Suite struct WriteTests {
    @Test func revisionGrowsOnlyWhereTheDefinitionChanged() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base)
            try await fixture.write(Sample.base)
            #expect(try await fixture.state().definitions.values.allSatisfy { $0.revision == 1 })
            var user = Sample.user
            user.status = .suspended
            try await fixture.write([.putUser(user)])
            let state = try await fixture.state()
            #expect(state.definitions[.user("anna@example.com")]?.revision == 2)
            #expect(state.definitions[.region("eu-west-1")]?.revision == 1)
            #expect(
                try await fixture.rows("SELECT status, email FROM users WHERE fleet_id = FLEET") == [
                    ["suspended", "anna@example.com"]
                ])
        }
    }

    @Test func movingTheCursorIsNoChangeOfTheDeployment() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base)
            try await fixture.write([
                .putDeployment(
                    Sample.deployment(), region: "eu-west-1", cursor: Instant(seconds: 1_800_000_000),
                    nextTransition: Instant(seconds: 1_800_000_060))
            ])
            #expect(try await fixture.state().definitions[.deployment("watch")]?.revision == 1)
            #expect(
                try await fixture.rows("SELECT cursor_at, next_transition_at FROM deployments WHERE fleet_id = FLEET")
                    == [["2027-01-15 08:00:00.000000", "2027-01-15 08:01:00.000000"]])
        }
    }

    @Test(arguments: [
        ("power", 1), ("address", 1), ("uptime", 1), ("absence", 1), ("error", 1),
        ("spec", 2), ("generation", 2), ("instance", 2), ("params", 2), ("terminated", 2), ("type", 2),
    ])
    func instanceRevisionGrowsWithWhatAPlanManages(what: String, revision: Int) async throws {
        try await StoreFixture.run { fixture in
            var instance = Sample.instance()
            try await fixture.write(Sample.base + [.putInstance(instance)])
            switch what {
            case "power": instance.state = .stopping
            case "address": instance.publicIP = nil
            case "uptime": instance.upTimeMinutes += 10
            case "absence": instance.absentSince = nil
            case "error": instance.lastError = nil
            case "spec": instance.spec = "{}"
            case "generation": instance.generation += 1
            case "instance": instance.instanceID = nil
            case "params": instance.paramsVersion += 1
            case "terminated": instance.state = .terminated
            case "type": instance.instanceType = "t3.large"
            default: throw TestFailure(description: what)
            }
            try await fixture.write([.putInstance(instance)])
            let read = try #require(try await fixture.store.instance(fleetID: fixture.fleetID, name: "watch-1"))
            #expect(read.revision == revision)
            instance.id = read.id
            instance.revision = revision
            #expect(read == instance)
        }
    }

    @Test func parentsGoInBeforeChildrenWhateverTheOrderGiven() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(
                [.putOverride(PowerOverride(instance: "watch-1", state: .running, until: nil))]
                    + [.putInstance(Sample.instance())] + Sample.base.reversed())
            #expect(try await fixture.state().overrides.count == 1)
        }
    }

    @Test func childrenGoBeforeParentsWhateverTheOrderGiven() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(
                Sample.base + [
                    .putInstance(Sample.instance()),
                    .putOverride(PowerOverride(instance: "watch-1", state: .running, until: nil)),
                ])
            try await fixture.write([
                .delete(.region("eu-west-1")), .delete(.user("anna@example.com")), .delete(.bot("track")),
                .delete(.bundle("track")), .delete(.deployment("watch")), .delete(.instance("watch-1")),
            ])
            let state = try await fixture.state()
            #expect(state.definitions.isEmpty && state.instances.isEmpty && state.overrides.isEmpty)
            try await fixture.write([.delete(.fleet(fixture.name))])
            #expect(try await fixture.state().fleet == nil)
        }
    }

    @Test func lastWordAboutARowIsTheLists() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(
                Sample.base + [
                    .putInstance(Sample.instance()), .delete(.instance("watch-1")),
                    .putInstance(Sample.instance("watch-2")),
                    .delete(.deployment("gone")), .putInstance(Sample.instance("watch-3")),
                    .delete(.instance("watch-3")),
                    .putInstance(Sample.instance("watch-3")),
                ])
            #expect(Set(try await fixture.state().instances.keys) == ["watch-2", "watch-3"])
        }
    }

    @Test(arguments: [
        (Address.region("eu-west-1"), "region eu-west-1"), (.user("anna@example.com"), "user anna@example.com"),
        (.bot("track"), "bot track"), (.deployment("watch"), "deployment watch"),
    ])
    func rowThatOthersReferToStaysAndNothingIsWritten(address: Address, name: String) async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base + [.putInstance(Sample.instance())])
            let error = await #expect(throws: StoreError.self) {
                try await fixture.write([.event(Event(type: "T", subject: "s")), .delete(address)])
            }
            #expect(error?.kind == .stillReferred)
            #expect(error?.summary.hasPrefix("\(name) cannot be removed while ") == true, "\(error?.summary ?? "")")
            #expect(error?.summary.hasSuffix(" refer to it") == true)
            #expect(try await fixture.store.events(fleetID: fixture.fleetID).isEmpty)
        }
    }

    @Test func rowThatRefersToNothingIsRefusedByName() async throws {
        try await StoreFixture.run { fixture in
            let error = await #expect(throws: StoreError.self) {
                try await fixture.write([Sample.put(Sample.deployment())])
            }
            #expect(error?.kind == .missingReference)
            #expect(error?.summary.hasPrefix("a row of deployments refers to a row of ") == true)
        }
    }

    @Test func equalKindsGoInTogether() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base)
            let lease = try await fixture.lease()
            let changes: [RecordChange] = (1...50).flatMap { index -> [RecordChange] in
                let name = "watch-\(index)"
                return [
                    .putInstance(Sample.instance(name)),
                    .openStep(Sample.step("step-\(index)", address: .instance(name))),
                    .event(Event(type: "InstanceLaunched", subject: "instance.\(name)")),
                ]
            }
            fixture.store.startRecordingStatements()
            try await fixture.store.write(changes, fleetID: fixture.fleetID, under: [lease])
            let statements = fixture.store.stopRecordingStatements()
            #expect(statements.count == 6, "\(statements.map { $0.prefix(40) })")
            #expect(statements.first == "START TRANSACTION" && statements.last == "COMMIT")
            #expect(try await fixture.state().instances.count == 50)
            #expect(try await fixture.state().openSteps.count == 50)
        }
    }

    @Test func noChangesAreNoStatement() async throws {
        try await StoreFixture.run { fixture in
            let before = fixture.store.statementCount
            try await fixture.write([])
            #expect(fixture.store.statementCount == before)
        }
    }

    @Test func eventStandsOrFallsWithTheRowsItTellsOf() async throws {
        try await StoreFixture.run { fixture in
            let payload: JSONValue = ["instance": "watch-1", "n": 1]
            try await fixture.write(
                Sample.base + [
                    .event(Event(type: "A", subject: "instance.watch-1", payload: payload)),
                    .putInstance(Sample.instance()),
                    .event(Event(type: "B", subject: "instance.watch-1")),
                ])
            await #expect(throws: StoreError.self) {
                try await fixture.write([.event(Event(type: "C", subject: "x")), .delete(.user("anna@example.com"))])
            }
            let events = try await fixture.store.events(fleetID: fixture.fleetID)
            #expect(events.map(\.event.type) == ["A", "B"])
            #expect(events.first?.event.payload == payload)
        }
    }

    @Test func connectionKilledWithinAWriteLeavesItWrittenOnce() async throws {
        try await StoreFixture.runAlone { fixture in
            try await fixture.write(Sample.base)
            let lease = try await fixture.lease()
            let pool = MySQLPool(try StoreFixture.configuration(fixture.database).server)
            // The lease's row is locked from outside, so that the write stands still just before COMMIT and can be killed.
            let write = try await pool.transaction { transaction in
                _ = try await transaction.query("SELECT * FROM leases FOR UPDATE")
                let write = Task {
                    try await fixture.store.write(
                        [
                            .putInstance(Sample.instance()), .event(Event(type: "E", subject: "s")),
                            .openStep(Sample.step("s1")),
                        ],
                        fleetID: fixture.fleetID, under: [lease])
                }
                try await waitUntil("the write waits for the lease and is killed") {
                    let waiting = try await fixture.rows(
                        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() "
                            + "AND info LIKE 'UPDATE leases SET writes%'")
                    guard let id = waiting.first?.first else { return false }
                    try await Sandbox.shared().mysql("KILL \(id)")
                    return true
                }
                return write
            }
            try await write.value
            await pool.close()
            #expect(try await fixture.store.events(fleetID: fixture.fleetID).count == 1)
            #expect(try await fixture.state().openSteps.count == 1)
            #expect(try await fixture.state().instances["watch-1"]?.revision == 1)
        }
    }

    @Test func writersOfTheSameRowsInOppositeOrderAllSucceed() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base)
            let names = (1...40).map { "watch-\($0)" }
            try await fixture.write(names.map { .putInstance(Sample.instance($0)) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<8 {
                    let order = round.isMultiple(of: 2) ? names : names.reversed()
                    group.addTask {
                        // Two statements in opposite orders: real deadlocks, answered by running again.
                        try await fixture.write(
                            order.prefix(20).map { name in
                                var instance = Sample.instance(name)
                                instance.upTimeMinutes = round
                                return .putInstance(instance)
                            })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.state().instances.count == 40)
        }
    }

    @Test func longErrorTextIsCutAndDoesNotFailTheWrite() async throws {
        try await StoreFixture.run { fixture in
            var instance = Sample.instance()
            instance.lastError = String(repeating: "ü", count: 100_000)
            try await fixture.write(Sample.base + [.putInstance(instance)])
            let read = try await fixture.store.instance(fleetID: fixture.fleetID, name: "watch-1")?.lastError
            #expect(read?.count == 4000)
            #expect(read?.hasSuffix("…") == true)
        }
    }

    @Test func grantAndOverrideAreReplacedAndCleared() async throws {
        try await StoreFixture.run { fixture in
            let source = try CIDR(parsing: "203.0.113.7")
            try await fixture.write(Sample.base + [.putInstance(Sample.instance())])
            try await fixture.write([
                .putGrant(
                    AddressGrant(user: "Anna@example.com", source: source, until: Instant(seconds: 1_800_000_000))),
                .putOverride(PowerOverride(instance: "watch-1", state: .running, until: nil)),
            ])
            try await fixture.write([
                .putGrant(AddressGrant(user: "anna@example.com", source: source, until: nil)),
                .putOverride(
                    PowerOverride(instance: "watch-1", state: .stopped, until: Instant(seconds: 1_800_000_000))),
            ])
            var state = try await fixture.state()
            #expect(state.grants == [AddressGrant(user: "anna@example.com", source: source, until: nil)])
            #expect(state.overrides["watch-1"]?.state == .stopped)
            try await fixture.write([.clearOverride(instance: "watch-1"), .clearOverride(instance: "watch-9")])
            state = try await fixture.state()
            #expect(state.overrides.isEmpty)
        }
    }
}
