import AWSCloud
import FleetModel
import FleetStore
import Logging
import Planning

/// What the parts of one apply share.
struct ApplyContext: Sendable {
    let aws: AWS
    let store: FleetStore
    let fleetID: Int64
    let keeper: LeaseKeeper
    let journal: Journal
    let settings: FleetSettings
    let reading: DesiredReading
    let desired: DesiredState
    let loader: DesiredLoader
    let images: ImageLookup
    let ids: SharedResourceIDs
    /// The endpoint that instances are told of; nil on AWS.
    let endpoint: String?
    /// When this apply began, by the database's clock: what its sessions were scheduled for.
    let startedAt: Instant
    /// Starts and stops that an earlier apply or runner began and did not see through.
    let pendingSessions: [String: Session]
    /// Names of instances that have no row yet.
    let newInstances: Set<String>
    let logger: Logger
    /// Whether nothing more is to be begun.
    let isStopped: @Sendable () -> Bool
    let progress: @Sendable (ApplyProgress) -> Void

    var fleet: String { settings.name }

    func region(_ name: String) -> Region? { desired.repository.regions.first { $0.value.name == name }?.value }
    func hasKey(_ user: String) -> Bool {
        desired.repository.users.first { $0.value.key == user }?.value.sshPublicKey != nil
    }
}

/// The ids of security groups and the names of key pairs, as recorded and as this apply makes them.
actor SharedResourceIDs {
    private var groups: [Address: String] = [:]
    private var keys: [Address: String] = [:]

    init(_ recorded: RecordedState) {
        groups = recorded.securityGroups.mapValues(\.groupID)
        keys = recorded.keyPairs.mapValues(\.keyName)
    }

    func setGroup(_ id: String, for address: Address) { groups[address] = id }
    func setKey(_ name: String, for address: Address) { keys[address] = name }
    func group(region: String, user: String) -> String? { groups[.securityGroup(region: region, user: user)] }
    func key(region: String, user: String) -> String? { keys[.keyPair(region: region, user: user)] }
}
