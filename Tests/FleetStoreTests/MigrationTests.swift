import FleetModel
import FleetTestSupport
import LibMySQL
import Logging
import Testing

@testable import FleetStore

@Suite struct MigrationTests {
    private static let first = Migration(
        version: 1, title: "first", statements: ["CREATE TABLE IF NOT EXISTS a (k INT PRIMARY KEY)"], isRepeatable: true
    )
    private static let second = Migration(
        version: 2, title: "second",
        statements: [
            "ALTER TABLE a ADD COLUMN n INT", "ALTER TABLE a ADD COLUMN m INT", "CREATE TABLE b (k INT PRIMARY KEY)",
        ], isRepeatable: false)
    private static let broken = Migration(
        version: 2, title: "second",
        statements: ["ALTER TABLE a ADD COLUMN n INT", "ALTER TABLE missing ADD COLUMN m INT"],
        isRepeatable: false)

    private func connect(_ database: TestDatabase, _ migrations: [Migration]) async throws -> FleetStore {
        try await FleetStore.connect(
            try StoreFixture.configuration(database), logger: Logger(label: "test"), migrations: migrations)
    }

    /// All migrations that there are.
    private static let names = ["0001_initial", "0002_observation", "0003_results", "0004_leftovers"]

    @Test func emptyDatabaseIsBroughtUpToDateOnce() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await StoreFixture.connect(database)
            let before = try await store.schemaStatus()
            #expect(before.isEmpty && !before.isCurrent)
            #expect(before.pending == Self.names)
            #expect(throws: StoreError.self) { try before.requireCurrent() }

            #expect(try await store.migrate() == Self.names)
            let after = try await store.schemaStatus()
            #expect(after.isCurrent && !after.isEmpty)
            #expect(
                after.current == Self.names.count && after.latest == Self.names.count && after.pending.isEmpty
                    && after.applied == Self.names)
            try after.requireCurrent()
            #expect(try await store.migrate() == [])
            await store.close()
        }
    }

    @Test func everyTableOfAFleetIsKeyedByItInBinaryUTF8() async throws {
        try await StoreFixture.runAlone { fixture in
            let tables = Set(try await fixture.rows("SHOW TABLES").compactMap(\.first))
            let expected: Set<String> = [
                "fleets", "regions", "users", "user_grants", "bot_sources", "bots", "bundles", "schedules",
                "deployments",
                "instances", "security_groups", "key_pairs", "power_overrides", "sessions", "applies", "steps",
                "events",
                "event_deliveries", "leases", "jobs", "duties", "images", "quotas", "objects", "upload_lists",
                "leftovers", "bot_catalogue",
                "vcpu_usage",
                "schema_migrations", "schema_lock",
            ]
            #expect(tables == expected)
            let foreign = try await fixture.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
                    + "AND (engine <> 'InnoDB' OR table_collation <> 'utf8mb4_bin')")
            #expect(foreign.isEmpty)
            let keyed = Set(
                try await fixture.rows(
                    "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() "
                        + "AND column_name = 'fleet_id'"
                ).compactMap(\.first))
            #expect(tables.subtracting(keyed) == ["fleets", "event_deliveries", "schema_migrations", "schema_lock"])
        }
    }

    @Test func twoProcessesAtOnceApplyEachMigrationOnce() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let stores = [
                try await StoreFixture.connect(database), try await StoreFixture.connect(database),
                try await StoreFixture.connect(database),
            ]
            let applied = try await withThrowingTaskGroup(of: [String].self, returning: [[String]].self) { group in
                for store in stores { group.addTask { try await store.migrate() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.sorted { $0.count < $1.count } == [[], [], Self.names])
            for store in stores {
                #expect(try await store.schemaStatus().isCurrent)
                await store.close()
            }
        }
    }

    @Test func laterMigrationIsPendingThenApplied() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let old = try await connect(database, [Self.first])
            #expect(try await old.migrate() == ["0001_first"])
            let new = try await connect(database, [Self.first, Self.second])
            let status = try await new.schemaStatus()
            #expect(status.pending == ["0002_second"] && status.current == 1 && !status.isEmpty)
            let error = #expect(throws: StoreError.self) { try status.requireCurrent() }
            #expect(error?.summary == "the database lacks migrations: 0002_second")
            #expect(error?.hint == "run botfleet db migrate")
            #expect(try await new.migrate() == ["0002_second"])

            let ahead = try await old.schemaStatus()
            #expect(ahead.isNewerThanBinary && !ahead.isCurrent)
            let refused = await #expect(throws: StoreError.self) { try await old.migrate() }
            #expect(refused?.kind == .schemaTooNew)
            await old.close()
            await new.close()
        }
    }

    @Test func editedMigrationIsRefused() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await connect(database, [Self.first])
            try await store.migrate()
            let edited = Migration(
                version: 1, title: "first", statements: ["CREATE TABLE IF NOT EXISTS c (k INT)"], isRepeatable: true)
            let other = try await connect(database, [edited, Self.second])
            #expect(try await other.schemaStatus().changed == ["0001_first"])
            let error = await #expect(throws: StoreError.self) { try await other.migrate() }
            #expect(error?.kind == .migrationChanged)
            #expect(try await database.mysql("SHOW TABLES LIKE 'b'").isEmpty, "nothing was applied")
            await store.close()
            await other.close()
        }
    }

    @Test func halfRunMigrationIsReportedAndGoesOnAfterUnlock() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let failing = try await connect(database, [Self.first, Self.broken])
            let failure = await #expect(throws: MySQLError.self) { try await failing.migrate() }
            #expect(failure?.isUnknownTable == true)
            await failing.close()
            // The fixed release has the same number; that the text is another one is the point of a checksum, so
            // the account is made as a process that died would have left it.
            _ = try await database.mysql(
                "UPDATE schema_migrations SET checksum = '\(Self.second.checksum)', name = '0002_second' WHERE version = 2"
            )

            let store = try await connect(database, [Self.first, Self.second])
            let status = try await store.schemaStatus()
            #expect(status.halfRun == "0002_second" && status.current == 1)
            let refused = await #expect(throws: StoreError.self) { try await store.migrate() }
            #expect(refused?.kind == .migrationHalfRun)
            #expect(refused?.hint?.contains("botfleet db unlock") == true)

            // It died after its second statement ran and before that was written down: the column is there already.
            _ = try await database.mysql("ALTER TABLE a ADD COLUMN m INT")
            try await store.unlockMigrations()
            #expect(try await store.schemaStatus().halfRun == nil)
            #expect(try await store.migrate() == ["0002_second"])
            #expect(try await database.mysql("SHOW COLUMNS FROM a").map { $0[0] } == ["k", "n", "m"])
            #expect(try await database.mysql("SHOW TABLES LIKE 'b'").count == 1)
            #expect(try await store.schemaStatus().isCurrent)
            await store.close()
        }
    }

    @Test func repeatableMigrationOfADeadProcessIsTakenUpByTheNext() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await StoreFixture.connect(database)
            try await store.migrate()
            // As kill -9 leaves it: a lock that still stands, the migration begun, a table not made yet.
            _ = try await database.mysql(
                """
                UPDATE schema_migrations SET finished_at = NULL, statements_done = 3;
                UPDATE schema_lock SET holder = 'the dead', token = 'x',
                    expires_at = TIMESTAMPADD(HOUR, 1, UTC_TIMESTAMP(6));
                DROP TABLE objects;
                """)
            #expect(try await store.schemaStatus().lockedBy?.hasPrefix("the dead since ") == true)
            _ = try await database.mysql("UPDATE schema_lock SET expires_at = UTC_TIMESTAMP(6)")
            #expect(try await store.migrate() == Self.names)
            #expect(try await store.schemaStatus().isCurrent)
            #expect(try await database.mysql("SHOW TABLES LIKE 'objects'").count == 1)
            await store.close()
        }
    }

    @Test func lockOfALivingProcessIsWaitedForAndTakenAwayByUnlock() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await StoreFixture.connect(database)
            try await store.migrate()
            _ = try await database.mysql(
                "UPDATE schema_lock SET holder = 'another', token = 'x', expires_at = TIMESTAMPADD(HOUR, 1, UTC_TIMESTAMP(6))"
            )
            let waiting = Task { try await store.migrate() }
            try await waitUntil("the lock is seen") { try await store.schemaStatus().lockedBy != nil }
            let error = try await store.schemaStatus()
            #expect(throws: StoreError.self) { try error.requireCurrent() }
            try await store.unlockMigrations()
            #expect(try await waiting.value == [])
            await store.close()
        }
    }

    @Test func unlockingAnEmptyDatabaseIsNoError() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await StoreFixture.connect(database)
            try await store.unlockMigrations()
            #expect(try await database.mysql("SHOW TABLES").isEmpty)
            await store.close()
        }
    }

    @Test func releasedMigrationsAreNumberedWithoutAGapAndKeepTheirChecksums() {
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
        #expect(Migration.all.allSatisfy { $0.checksum.count == 64 })
        #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
    }
}
