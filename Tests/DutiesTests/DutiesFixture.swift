import AWSCloud
import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import Logging
import Reconciling
import Scheduling
import Testing

@testable import Duties

/// A fleet in a database of its own, written without an apply.
struct DutiesFixture: Sendable {
    let store: FleetStore
    /// Another process, as far as MySQL can tell.
    let other: FleetStore
    let database: TestDatabase
    let fleetID: Int64
    let context: DutyContext

    /// Runs a test on a fleet of no region, whose AWS is the sandbox's, or what listens at `endpoint`.
    static func run(
        endpoint: String? = nil, clock: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (DutiesFixture) async throws -> Void
    ) async throws {
        let sandbox = try await Sandbox.shared()
        let bucket = endpoint == nil ? try await sandbox.freshBucket() : "acme-bots"
        try await sandbox.withFreshDatabase { database in
            let logger = Logger(label: "test")
            let configuration = try DatabaseConfiguration.from(
                settings: nil,
                environment: database.environment.merging(clock.map { ["BOTFLEET_TEST_CLOCK": $0] } ?? [:]) { $1 })
            let store = try await FleetStore.connect(configuration, logger: logger)
            let other = try await FleetStore.connect(configuration, logger: logger)
            try await store.migrate()
            let fleetID = try await store.registerFleet(name: "acme")
            let settings = StoredSettings(
                FleetSettings(
                    name: "acme", aws: AWSSettings(region: "eu-west-1", bucket: bucket),
                    database: DatabaseSettings(url: "")), sources: [])
            try await store.write([.putSettings(settings)], fleetID: fleetID, under: [])
            let keeper = LeaseKeeper(
                store: store, fleetID: fleetID, holder: .current(purpose: "test"), logger: logger)
            let records = try #require(try await store.runnerRecords(fleet: "acme"))
            let aws = AWS(
                try AWSConfiguration(
                    homeRegion: "eu-west-1", endpoint: endpoint,
                    environment: endpoint.map { sandbox.environment.merging(["AWS_ENDPOINT_URL": $0]) { $1 } }
                        ?? sandbox.environment,
                    retry: RetryPolicy(firstPause: .milliseconds(5), longestPause: .milliseconds(50)),
                    now: { Instant(seconds: Int64(Date.now.timeIntervalSince1970)) }, logger: logger))
            let context = PowerContext(
                aws: aws, store: store, fleetID: fleetID, keeper: keeper, leases: [], settings: settings.settings,
                endpoint: nil, account: AccountGuard(aws: aws, fleet: records.fleet), logger: logger)
            try await body(
                DutiesFixture(
                    store: store, other: other, database: database, fleetID: fleetID,
                    context: DutyContext(
                        power: context, store: store, fleetID: fleetID, keeper: keeper,
                        book: ScheduleBook(
                            zones: .default(environment: ProcessInfo.processInfo.environment)),
                        bots: BotSources(
                            [], folder: repositoryRoot.path, environment: ProcessInfo.processInfo.environment))))
            await keeper.close()
            await store.close()
            await other.close()
        }
    }

    func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    /// Deployments `web-N` of one instance each, on a schedule from 08:00 to 18:00 UTC, accounted for until midnight.
    func write(deployments count: Int, next: String) async throws {
        let entry = ScheduleEntry(
            days: Weekday.allCases.map { .every($0) }, start: LocalTime("08:00"), stop: LocalTime("18:00"))
        var rows: [RecordChange] = [
            .putRegion(Region(name: "eu-west-1")),
            .putUser(User(email: "anna@example.com", timezone: "UTC", region: "eu-west-1")),
            .putBot(Bot(name: "watch", source: "puppeteer", path: "watch.js")),
            .putSchedule(Schedule(name: "hours", timezone: "UTC", week: [entry])),
        ]
        for number in 1...count {
            let name = "web-\(number)"
            let deployment = Deployment(name: name, user: "anna@example.com", bot: "watch", power: .schedule("hours"))
            rows.append(
                .putDeployment(
                    deployment, region: "eu-west-1", cursor: try at("2026-11-24T00:00:00Z"),
                    nextTransition: try at(next)))
            rows.append(
                .putInstance(
                    RecordedInstance(
                        name: "\(name)-1", deployment: name, region: "eu-west-1", user: "anna@example.com",
                        bot: "watch", state: .stopped, instanceID: "i-\(number)")))
        }
        try await store.write(rows, fleetID: fleetID, under: [])
    }

    func lease() async throws -> Lease {
        let attempt = try await context.keeper.acquire(DutyContext.schedulingLease(region: "eu-west-1"))
        guard case .acquired(let lease) = attempt else { throw CommandFailure(command: [], problem: "\(attempt)") }
        return lease
    }

    /// Records what is due, and gives the statements that it took besides the lease's.
    func tick(
        at time: String, errors check: ([String: String]) -> Void = { #expect($0 == [:]) }
    ) async throws -> (recorded: Int, statements: [String]) {
        let name = DutyContext.schedulingLease(region: "eu-west-1")
        if await !context.keeper.heldNames.contains(name) { _ = try await lease() }
        store.startRecordingStatements()
        let (recorded, errors) = try await DueRecorder(context).record(regions: ["eu-west-1"], now: try at(time))
        let statements = store.stopRecordingStatements()
        check(errors)
        return (recorded, statements)
    }
}
