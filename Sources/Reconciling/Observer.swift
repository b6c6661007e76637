import AWSCloud
import Diagnostics
import FleetModel
import Planning

/// Looks at what AWS has for a fleet: complete listings of every region, or an error; never a part.
public struct Observer: Sendable {
    private let aws: AWS
    private let settings: FleetSettings

    /// An observer of the regions, bucket and account that the settings name.
    public init(aws: AWS, settings: FleetSettings) {
        self.aws = aws
        self.settings = settings
    }

    /// The account of the credentials, once it is known to be the fleet's.
    public func account(recorded: RecordedFleet?) async throws -> String {
        let account = try await aws.sts().callerIdentity().account
        if let known = recorded?.accountID, known != account {
            throw ReconcileFailure.otherAccount(recorded: known, found: account, fleet: settings.name)
        }
        return account
    }

    /// Whether the bucket is there and marked as this fleet's; throws where it is missing or another's.
    public func bucketIsMarked() async throws -> Bool {
        try await BucketMarker.check(
            aws.s3(), bucket: settings.aws.bucket, region: settings.aws.region, fleet: settings.name)
    }

    /// Everything of the regions that files or records name.
    ///
    /// - Parameter images: whether each region's default image is looked up too, for `--upgrade-images`.
    public func observe(
        _ repository: FleetRepository, _ recorded: RecordedState, images: Bool = false
    ) async throws -> ObservedState {
        let regions = Observer.regions(repository, recorded)
        var state = ObservedState()
        try await withThrowingTaskGroup(of: (String, ObservedRegion).self) { group in
            for region in regions {
                let groupIDs = recorded.securityGroups
                    .filter { $0.key.regionAndUser?.region == region }.map(\.value.groupID)
                group.addTask { (region, try await known(region, groupIDs: groupIDs)) }
            }
            for try await (region, seen) in group { state.regions[region] = seen }
        }
        if images {
            for region in repository.regions.map(\.value) {
                guard let image = region.defaultImage else { continue }
                state.defaultImages[region.name] = try await ImageLookup(aws: aws).imageID(image, region: region.name)
            }
        }
        return state
    }

    static func regions(_ repository: FleetRepository, _ recorded: RecordedState) -> Set<String> {
        Set(repository.regions.map(\.value.name))
            .union(recorded.instances.values.map(\.region))
            .union(recorded.securityGroups.keys.compactMap { $0.regionAndUser?.region })
            .union(recorded.keyPairs.keys.compactMap { $0.regionAndUser?.region })
    }

    /// Observes a region; where that fails because AWS has none of this name, that is said.
    private func known(_ region: String, groupIDs: [String]) async throws -> ObservedRegion {
        do {
            return try await observe(region, groupIDs: groupIDs)
        } catch let error as AWSError where region != settings.aws.region && !error.isThrottling {
            let regions: [String]
            do {
                regions = try await aws.ec2(region: settings.aws.region).regions()
            } catch {
                regions = [region]  // Nothing is known about regions then: the first error stands.
            }
            guard !regions.contains(region) else { throw error }
            throw ReconcileFailure.unknownRegion(region, suggestion: Suggestion.nearest(to: region, among: regions))
        }
    }

    private func observe(_ region: String, groupIDs: [String]) async throws -> ObservedRegion {
        let ec2 = aws.ec2(region: region)
        async let instances = ec2.instances()
        async let tagged = ec2.securityGroups(matching: [.tag(Tag.fleet, settings.name)])
        async let keys = ec2.keyPairs(matching: [.tag(Tag.fleet, settings.name)])
        var groups = try await tagged
        // A recorded group whose tag somebody removed is still ours by its id.
        let missing = Set(groupIDs).subtracting(groups.map(\.groupID)).sorted()
        for ids in missing.batches(of: EC2Filter.maximumValues) {
            groups += try await ec2.securityGroups(matching: [EC2Filter("group-id", ids)])
        }
        return ObservedRegion(instances: try await instances, securityGroups: groups, keyPairs: try await keys)
    }
}
