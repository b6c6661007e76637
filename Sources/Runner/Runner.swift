import AWSCloud
import Duties
import FleetModel
import FleetStore
import Foundation
import Logging
import Reconciling
import Scheduling

/// What a runner is started with.
public struct RunnerOptions: Sendable {
    /// The fleet's name; nil where the database holds only one.
    public var fleet: String?
    /// Where it answers HTTP.
    public var listener: RunnerListener
    /// Where the recorded state is.
    public var database: DatabaseConfiguration
    /// The process's environment: credentials, endpoint.
    public var environment: [String: String]
    /// Where relative paths of bot sources begin.
    public var folder: String
    /// The system's time zones.
    public var zones: ZoneDatabase
    /// Where it logs.
    public var logger: Logger
    /// True once it is to drain and end.
    public var isStopped: @Sendable () -> Bool

    /// All that a runner needs.
    public init(
        fleet: String?, listener: RunnerListener, database: DatabaseConfiguration, environment: [String: String],
        folder: String, zones: ZoneDatabase, logger: Logger, isStopped: @escaping @Sendable () -> Bool
    ) {
        self.fleet = fleet
        self.listener = listener
        self.database = database
        self.environment = environment
        self.folder = folder
        self.zones = zones
        self.logger = logger
        self.isStopped = isStopped
    }
}

/// `botfleet run`: does the duties of a fleet on time, with any number of others beside it (SPEC 6).
///
/// It is stateless: what is due, who does it and what came of it are rows in MySQL. Killed at any moment, others take its
/// regions over within 30 s, and what it had begun is finished from the journal.
public struct Runner: Sendable {
    /// Seconds that a lease lasts without renewal. With ``poll`` it bounds how soon others go on: 20 + 8 s.
    public static let leaseSeconds = 20
    /// One statement a runner.
    static let renewal: Duration = .seconds(10)
    /// How often the queue is looked at.
    static let jobPoll: Duration = .seconds(10)
    /// How often a runner that lacks regions looks for free ones.
    static let poll: Duration = .seconds(8)
    /// How long draining waits for what is in flight.
    static let drain: Duration = .seconds(25)
    /// The pause after a look at the database that failed.
    static let pause: Duration = .seconds(2)

    private let options: RunnerOptions

    /// A runner that has not begun.
    public init(_ options: RunnerOptions) { self.options = options }

    /// Runs until it is told to stop, then drains.
    ///
    /// Throws where it cannot begin: a wrong password or fleet, an address that is taken. A database that can't be reached is
    /// waited for, at the beginning as later.
    public func run() async throws {
        let state = RunnerState()
        let store = try await connect(state)
        guard let store else { return }
        do {
            try await run(store, state)
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    /// The store, once the database answers; nil where it was told to stop before that.
    private func connect(_ state: RunnerState) async throws -> FleetStore? {
        while !options.isStopped() {
            do {
                let store = try await FleetStore.connect(options.database, logger: options.logger)
                try await store.schemaStatus().requireCurrent()
                return store
            } catch  where FleetStore.isUnreachable(error) {
                options.logger.error(
                    "the database cannot be reached; trying again", metadata: ["error": "\(DutyOutcome.text(error))"])
                try await Task.sleep(for: Runner.pause)
            }
        }
        return nil
    }

    private func run(_ store: FleetStore, _ state: RunnerState) async throws {
        let records = try await records(store)
        let startedAt = ContinuousClock.now
        let loop = try RunnerLoop(options, store: store, records: records, state: state)
        let requests = loop.requests
        let server = try await RunnerServer(
            options.listener,
            pages: RunnerPages(
                state: state, fleet: records.fleet.name, startedAt: startedAt,
                statements: { store.statementCount }, requests: { requests() }))
        let serving = Task { try await server.run() }
        let address: String
        do {
            address = try await server.address()
        } catch {
            serving.cancel()
            let place = "\(options.listener.host):\(options.listener.port)"
            if case .failure(let reason) = await serving.result {
                throw RunnerFailure.cannotListen(place, reason: "\(reason)")
            }
            throw RunnerFailure.cannotListen(place, reason: "\(error)")
        }
        options.logger.notice(
            "runner began", metadata: ["fleet": "\(records.fleet.name)", "listening": "\(address)"])
        await loop.run()
        await server.stop()
        serving.cancel()
        options.logger.notice("runner ended")
    }

    private func records(_ store: FleetStore) async throws -> RunnerRecords {
        let names = try await store.fleets().map(\.name)
        if let name = options.fleet {
            guard let records = try await store.runnerRecords(fleet: name) else {
                throw RunnerFailure.noFleet(name, among: names)
            }
            return records
        }
        guard names.count == 1, let name = names.first, let records = try await store.runnerRecords(fleet: name) else {
            throw RunnerFailure.noFleet(nil, among: names)
        }
        return records
    }
}
