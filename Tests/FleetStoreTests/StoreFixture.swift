import FleetModel
import FleetStore
import FleetTestSupport
import Logging

/// A store on a migrated database, with a fleet of the test's own.
struct StoreFixture: Sendable {
    let store: FleetStore
    let database: TestDatabase
    let name: String
    let fleetID: Int64

    /// Runs with a fleet of its own in a database that all tests share: every row is keyed by fleet, so they don't meet.
    static func run<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (StoreFixture) async throws -> Result
    ) async throws -> Result {
        try await run(on: try await sharedDatabase.value, body)
    }

    /// Runs with a database of its own, for tests that look at or disturb all of it.
    static func runAlone<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (StoreFixture) async throws -> Result
    ) async throws -> Result {
        try await Sandbox.shared().withFreshDatabase { database in
            let store = try await connect(database)
            try await store.migrate()
            await store.close()
            return try await run(on: database, body)
        }
    }

    private static func run<Result>(
        on database: TestDatabase, isolation: isolated (any Actor)? = #isolation,
        _ body: (StoreFixture) async throws -> Result
    ) async throws -> Result {
        let store = try await connect(database)
        let name = try await Sandbox.shared().freshName()
        let fleetID = try await store.registerFleet(name: name)
        let result = try await body(StoreFixture(store: store, database: database, name: name, fleetID: fleetID))
        await store.close()
        return result
    }

    /// Goes with the sandbox: it is not known which test is the last.
    private static let sharedDatabase = Task {
        let database = try await Sandbox.shared().freshDatabase()
        let store = try await connect(database)
        try await store.migrate()
        await store.close()
        return database
    }

    /// Another store on the same database: another process, as far as MySQL can tell.
    static func connect(_ database: TestDatabase) async throws -> FleetStore {
        try await FleetStore.connect(try configuration(database), logger: Logger(label: "test"))
    }

    static func configuration(_ database: TestDatabase) throws -> DatabaseConfiguration {
        try DatabaseConfiguration.from(settings: nil, environment: database.environment)
    }

    func lease(_ name: String = "apply", seconds: Int = 60, holder: String = "me") async throws -> Lease {
        let attempt = try await store.acquireLease(
            name, fleetID: fleetID, holder: Sample.holder(holder), seconds: seconds)
        guard case .acquired(let lease) = attempt else { throw TestFailure(description: "\(attempt)") }
        return lease
    }

    func write(_ changes: [RecordChange]) async throws {
        try await store.write(changes, fleetID: fleetID, under: [])
    }

    func state() async throws -> RecordedState { try await store.recordedState(fleet: name) }

    /// Rows by the mysql client; FLEET stands for this fleet's number.
    func rows(_ sql: String) async throws -> [[String]] {
        try await database.mysql(sql.replacing("FLEET", with: String(fleetID)))
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
}

/// Values for tests.
enum Sample {
    static func holder(_ id: String) -> LeaseHolder {
        LeaseHolder(id: id, host: "host-\(id)", pid: 4711, user: "anna", purpose: "botfleet apply")
    }

    static let region = Region(name: "eu-west-1", limit: 20, defaultImage: .id("ami-1"))
    static let user = User(email: "Anna@Example.com", name: "Anna 🐟", timezone: "Europe/Berlin", region: "eu-west-1")
    static let bot = Bot(
        name: "track", source: "puppeteer", path: "bots/track.js", commit: String(repeating: "a", count: 40))
    static let bundle = RecordedBundle(
        key: "tree", contentDigest: String(repeating: "c", count: 64), digest: String(repeating: "d", count: 64),
        size: 1234)

    static func deployment(_ name: String = "watch", count: Int = 2) -> Deployment {
        Deployment(name: name, user: "anna@example.com", bot: "track", region: "eu-west-1", count: count)
    }

    static func put(_ deployment: Deployment, next: Instant? = nil) -> RecordChange {
        .putDeployment(deployment, region: "eu-west-1", cursor: Instant(seconds: 1_700_000_000), nextTransition: next)
    }

    static func instance(_ name: String = "watch-1", deployment: String? = "watch") -> RecordedInstance {
        RecordedInstance(
            name: name, deployment: deployment, region: "eu-west-1", user: "anna@example.com", bot: "track",
            state: .running, spec: #"{"b":1,"a":"ü"}"#, generation: 3, instanceID: "i-0123456789abcdef0",
            clientToken: "token", instanceType: "t3.medium", storageGB: 32, imageID: "ami-1", subnetID: "subnet-1",
            publicIP: "203.0.113.7", privateIP: "2001:db8::1", keyName: "key",
            launchedAt: Instant(seconds: 1_700_000_001),
            upTimeMinutes: 5, totalUpTimeMinutes: 50, paramsVersion: 2, paramsDigest: String(repeating: "e", count: 64),
            absentSince: Instant(seconds: 1_700_000_002), lastError: "Server.InsufficientInstanceCapacity: none")
    }

    /// A fleet with one of everything that others refer to.
    static let base: [RecordChange] = [
        .putRegion(region), .putUser(user), .putBot(bot), .putBundle(bot: "track", bundle), put(deployment()),
    ]

    static func step(_ id: String, apply: Int64? = nil, address: Address = .instance("watch-1")) -> Step {
        Step(
            id: id, apply: apply, address: address, action: "RunInstances", region: "eu-west-1",
            request: #"{"MaxCount":1,"ClientToken":"t"}"#, clientToken: "t")
    }

    static func session(_ instance: String = "watch-1", at seconds: Int64 = 1_700_000_000) -> Session {
        Session(
            instance: instance, deployment: "watch", user: "anna@example.com", action: .start,
            scheduledFor: Instant(seconds: seconds), outcome: .pending, source: .schedule)
    }
}
