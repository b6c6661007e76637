import AWSCloud
import Duties
import FleetModel
import FleetStore
import Foundation
import Logging
import Reconciling
import Scheduling

/// What duties work with, made from what an apply recorded of the fleet: no file is needed.
public struct FleetSession: Sendable {
    /// Of the settings that it was made from.
    public let revision: Int
    /// The fleet's settings.
    public let settings: FleetSettings
    /// The door to AWS.
    public let aws: AWS
    /// For ``Duty/run(in:regions:at:)``.
    public let context: DutyContext

    /// A session over the recorded settings.
    ///
    /// Paths of bot sources that are relative begin at `folder`.
    /// Throws where the settings can't be read, or name no usable AWS endpoint.
    public init(
        _ fleet: RecordedFleet, store: FleetStore, keeper: LeaseKeeper, book: ScheduleBook,
        environment: [String: String], folder: String, logger: Logger
    ) throws {
        let stored = try CanonicalJSON.decode(StoredSettings.self, from: fleet.settings.json)
        let settings = stored.settings
        let aws = AWS(
            try AWSConfiguration(
                homeRegion: settings.aws.region, endpoint: settings.aws.endpoint, environment: environment,
                now: { Instant(seconds: Int64(Date.now.timeIntervalSince1970)) }, logger: logger))
        let named = environment["AWS_ENDPOINT_URL"] ?? ""
        let power = PowerContext(
            aws: aws, store: store, fleetID: fleet.id, keeper: keeper, leases: [], settings: settings,
            endpoint: named.isEmpty ? settings.aws.endpoint : named, account: AccountGuard(aws: aws, fleet: fleet),
            logger: logger)
        self.revision = fleet.settings.revision
        self.settings = settings
        self.aws = aws
        self.context = DutyContext(
            power: power, store: store, fleetID: fleet.id, keeper: keeper, book: book,
            bots: BotSources(stored.sources, folder: folder, environment: environment))
    }

    /// How often a duty is done.
    public func interval(of duty: DutyName) -> TimeSpan { settings.duties[duty.rawValue] ?? duty.interval }
}
