import AWSCloud
import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import Logging

@testable import Reconciling

/// A store with an empty schema's fleet, and an AWS, both of the sandbox, for tests of the shell's parts.
struct ReconcilingFixture: Sendable {
    let sandbox: Sandbox
    let store: FleetStore
    let fleetID: Int64
    let settings: FleetSettings
    let aws: AWS
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (ReconcilingFixture) async throws -> Result
    ) async throws -> Result {
        let sandbox = try await Sandbox.shared()
        let bucket = try await sandbox.freshBucket()
        return try await sandbox.withFreshDatabase { database in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let environment = sandbox.environment(with: database.environment)
            let store = try await FleetStore.connect(
                try DatabaseConfiguration.from(settings: nil, environment: environment), logger: logger)
            _ = try await store.migrate()
            let name = sandbox.freshName()
            let settings = FleetSettings(
                name: name, aws: AWSSettings(region: "eu-west-1", bucket: bucket), database: DatabaseSettings(url: ""))
            let aws = AWS(
                try AWSConfiguration(
                    homeRegion: "eu-west-1", environment: environment,
                    now: { Instant(seconds: Int64(Date.now.timeIntervalSince1970)) }, logger: logger))
            let fixture = ReconcilingFixture(
                sandbox: sandbox, store: store, fleetID: try await store.registerFleet(name: name), settings: settings,
                aws: aws)
            do {
                let result = try await body(fixture)
                await store.close()
                return result
            } catch {
                await store.close()
                throw error
            }
        }
    }

    func keeper(purpose: String = LeaseHolder.applyPurpose) -> LeaseKeeper {
        LeaseKeeper(store: store, fleetID: fleetID, holder: .current(purpose: purpose), logger: logger)
    }

    /// Runs a body under the apply lease of a keeper of its own.
    func underApply<Result: Sendable>(_ body: (LeaseKeeper) async throws -> Result) async throws -> Result {
        let keeper = keeper()
        try await keeper.acquireApply { _ in }
        do {
            let result = try await body(keeper)
            await keeper.close()
            return result
        } catch {
            await keeper.close()
            throw error
        }
    }

    func recover() async throws {
        try await underApply { keeper in
            try await Recovery(
                aws: aws, store: store, fleetID: fleetID, settings: settings, keeper: keeper, progress: { _ in }
            ).run()
        }
    }

    /// What the AWS CLI shows of this fleet's instances that are not gone: their ids.
    func liveInstances() async throws -> [String] {
        let answer = try await sandbox.aws([
            "ec2", "describe-instances", "--filters", "Name=tag:botfleet:fleet,Values=\(settings.name)",
            "Name=instance-state-name,Values=pending,running,stopping,stopped",
        ])
        return (answer.at("Reservations")?.list ?? []).flatMap { $0.at("Instances")?.list ?? [] }
            .compactMap { $0.at("InstanceId")?.text }
    }

    func openSteps() async throws -> Int { try await store.openSteps(fleetID: fleetID).count }
}
