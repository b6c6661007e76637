import FleetModel
import FleetStore
import FleetTestSupport
import Testing

@Suite struct RecordedStateTests {
    @Test func unknownFleetAndEmptyDatabaseAreNoFleet() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await StoreFixture.connect(database)
            #expect(try await store.recordedState(fleet: "acme") == RecordedState())
            #expect(try await store.fleets().isEmpty)
            #expect(try await database.mysql("SHOW TABLES").isEmpty, "reading makes no table")
            try await store.migrate()
            #expect(try await store.recordedState(fleet: "acme") == RecordedState())
            await store.close()
        }
    }

    @Test func everythingWrittenIsReadBackWhole() async throws {
        try await StoreFixture.run { fixture in
            let group = SecurityGroupSpec(
                region: "eu-west-1", user: "anna@example.com", vpc: nil,
                rules: [IngressRule(port: 22, source: try CIDR(parsing: "203.0.113.7/32"))])
            let key = KeyPairSpec(region: "eu-west-1", user: "Anna@example.com", publicKey: "ssh-ed25519 AAAA")
            let schedule = Schedule(name: "office-hours", timezone: "Europe/Berlin", week: [])
            let grant = AddressGrant(
                user: "anna@example.com", source: try CIDR(parsing: "2001:db8::/64"),
                until: Instant(seconds: 1_800_000_000))
            let override = PowerOverride(instance: "watch-1", state: .stopped, until: nil, author: "Ben")
            var scheduled = Sample.deployment("timed")
            scheduled.power = .schedule("office-hours")
            var unmanaged = RecordedInstance(
                name: "somebody's own", managed: false, region: "eu-west-1", user: "anna@example.com", state: .stopped)
            unmanaged.instanceID = "i-1"
            try await fixture.write(
                Sample.base + [
                    .putSchedule(schedule), Sample.put(scheduled, next: Instant(seconds: 1_700_000_100)),
                    .putSecurityGroup(group, groupID: "sg-1"), .putKeyPair(key, keyName: "acme-anna"),
                    .putInstance(Sample.instance()), .putInstance(unmanaged), .putGrant(grant), .putOverride(override),
                    .openStep(Sample.step("s1")), .setAccount("123456789012"), .setAppliedCommit("abc"),
                ])
            let state = try await fixture.state()

            #expect(state.fleet?.name == fixture.name)
            #expect(state.fleet?.accountID == "123456789012")
            #expect(state.fleet?.lastAppliedCommit == "abc")
            #expect(state.definitions.count == 6)
            let user = try #require(state.definitions[.user("ANNA@example.com")])
            #expect(user == RecordedDefinition(json: try CanonicalJSON.encode(Sample.user), revision: 1))
            #expect(try CanonicalJSON.decode(User.self, from: user.json) == Sample.user)
            #expect(state.definitions[.schedule("office-hours")]?.json == (try CanonicalJSON.encode(schedule)))
            #expect(
                state.securityGroups[.securityGroup(region: "eu-west-1", user: "anna@example.com")]
                    == RecordedSecurityGroup(
                        groupID: "sg-1",
                        definition: RecordedDefinition(json: try CanonicalJSON.encode(group), revision: 1)))
            #expect(
                state.keyPairs[.keyPair(region: "eu-west-1", user: "anna@example.com")]?.keyName == "acme-anna")
            #expect(state.bundles == ["track": Sample.bundle])
            #expect(state.grants == [grant])
            #expect(state.overrides == ["watch-1": override])
            #expect(state.openSteps == [Sample.step("s1")])

            var expected = Sample.instance()
            let read = try #require(state.instances["watch-1"])
            #expect(read.id > 0)
            expected.id = read.id
            expected.revision = 1
            #expect(read == expected)
            #expect(try await fixture.store.instance(fleetID: fixture.fleetID, name: "watch-1") == expected)
            #expect(state.instances["somebody's own"]?.managed == false)
            #expect(state.instances["somebody's own"]?.deployment == nil)
            #expect(
                try await fixture.store.instances(fleetID: fixture.fleetID).map(\.name) == [
                    "somebody's own", "watch-1",
                ])
            #expect(
                try await fixture.rows(
                    "SELECT name, schedule, next_transition_at, cursor_at FROM deployments WHERE fleet_id = FLEET ORDER BY name"
                )
                    == [
                        ["timed", "office-hours", "2023-11-14 22:15:00.000000", "2023-11-14 22:13:20.000000"],
                        ["watch", "NULL", "NULL", "2023-11-14 22:13:20.000000"],
                    ])
        }
    }

    @Test func settingsAreKeptAsTheirCanonicalText() async throws {
        try await StoreFixture.run { fixture in
            let settings = FleetSettings(
                name: "acme", aws: AWSSettings(region: "eu-west-1", bucket: "b"),
                database: DatabaseSettings(url: "mysql:///x"))
            let stored = StoredSettings(settings, sources: [])
            try await fixture.write([.putSettings(stored)])
            try await fixture.write([.putSettings(stored)])
            let fleet = try #require(try await fixture.state().fleet)
            #expect(fleet.settings == RecordedDefinition(json: try CanonicalJSON.encode(stored), revision: 1))
            #expect(try await fixture.store.fleets().contains(fleet))
            #expect(try await fixture.store.fleet(id: fleet.id) == fleet)
            #expect(try await fixture.store.fleet(id: -1) == nil)
        }
    }

    @Test func fleetsOfOneDatabaseDoNotSeeEachOther() async throws {
        try await StoreFixture.run { fixture in
            let name = try await Sandbox.shared().freshName()
            let other = try await fixture.store.registerFleet(name: name)
            #expect(try await fixture.store.registerFleet(name: name) == other)
            #expect(other != fixture.fleetID)
            try await fixture.write(Sample.base + [.putInstance(Sample.instance())])
            try await fixture.store.write(
                Sample.base + [.putInstance(Sample.instance())], fleetID: other, under: [])
            try await fixture.store.write([.delete(.instance("watch-1"))], fleetID: other, under: [])
            #expect(try await fixture.state().instances.count == 1)
            #expect(try await fixture.store.recordedState(fleet: name).instances.isEmpty)
        }
    }

    @Test func stateOfAThousandTakesNoMoreStatementsThanOfOne() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base + [.putInstance(Sample.instance())])
            fixture.store.startRecordingStatements()
            _ = try await fixture.state()
            let statements = fixture.store.stopRecordingStatements()
            let one = statements.count
            let names = (1...1000).map { "many-\($0)" }
            try await fixture.write(names.map { Sample.put(Sample.deployment($0)) })
            try await fixture.write(names.map { .putInstance(Sample.instance("\($0)-1", deployment: $0)) })
            let later = fixture.store.statementCount
            let state = try await fixture.state()
            #expect(fixture.store.statementCount - later == one)
            #expect(one == 14, "\(statements.map { $0.prefix(60) })")
            #expect(state.instances.count == 1001)
            #expect(state.definitions.count == 1004)
        }
    }

    @Test func newestPendingSessionOfEachInstanceIsPartOfTheState() async throws {
        try await StoreFixture.run { fixture in
            let older = Sample.session(at: 1_700_000_000)
            let newer = Sample.session(at: 1_700_000_600)
            var done = Sample.session(at: 1_700_001_200)
            done.outcome = .succeeded
            let other = Sample.session("watch-2", at: 1_600_000_000)
            try await fixture.write([newer, older, done, other].map { .putSession($0) })
            #expect(try await fixture.state().pendingSessions == ["watch-1": newer, "watch-2": other])
        }
    }

    @Test func namesThatDifferInCaseOrAccentAreDifferent() async throws {
        try await StoreFixture.run { fixture in
            try await fixture.write(Sample.base)
            try await fixture.write(
                ["abc", "ABC", "äbc", "abc 🐟"].map {
                    .putInstance(
                        RecordedInstance(name: $0, managed: false, region: "eu-west-1", user: "anna@example.com"))
                })
            #expect(try await fixture.state().instances.count == 4)
        }
    }
}
