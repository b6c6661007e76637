import AWSCloud
import FleetModel
import FleetStore
import Reconciling

/// `aws:sync-amis`: each region's images and quota of virtual processors into MySQL, and what the account uses of it.
///
/// Images are those of the fleet's `image_owners`, and those that the region's `default_image` names or matches. One that is gone
/// from a complete listing is marked, not deleted.
public struct ImagesDuty: Duty {
    /// `aws:sync-amis`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .syncImages }

    /// Reads each region by itself; one that fails keeps what was recorded of it.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        let definitions = try await context.store.launchRecords(
            fleetID: context.fleetID, regions: Set(regions), bots: []
        ).regions
        let defaultType = context.settings.defaults.instanceType
        let wanted = Set(
            try await context.store.deployments(fleetID: context.fleetID).flatMap {
                $0.instanceTypes.isEmpty ? [defaultType] : $0.instanceTypes
            })
        return await context.eachRegion(regions) { region, power, outcome in
            let images = try await images(of: region, definitions[region], power)
            outcome.changed = try await context.store.record(
                images, fleetID: context.fleetID, region: region, now: now)
            let quota = try await quota(region, power, &outcome)
            let usage = try await usage(region, power, wanted: wanted)
            outcome.changed += try await context.store.record(
                quota: quota, usage: usage, fleetID: context.fleetID, region: region, now: now)
        }
    }

    // MARK: Images

    private func images(
        of region: String, _ definition: Region?, _ power: PowerContext
    ) async throws -> [RecordedImage] {
        let ec2 = power.aws.ec2(region: region)
        var found: [ObservedImage] = []
        if !power.settings.aws.imageOwners.isEmpty {
            found += try await ec2.images(owners: power.settings.aws.imageOwners)
        }
        switch definition?.defaultImage {
        case .newest(let owner, let name)?: found += try await ec2.images(owners: [owner], name: name)
        case .id(let id)?:
            do {
                found += try await ec2.images(ids: [id])
            } catch let error as AWSError where error.isNotFound {
                // Its row is marked as gone below; a launch would say so.
            }
        case nil: break
        }
        // One that is still being made, or whose making failed, can't be launched.
        let rows = found.filter { $0.state == "available" }.map { image in
            RecordedImage(
                region: region, imageID: image.imageID, name: image.name, owner: image.ownerID,
                architecture: image.architecture.isEmpty ? nil : image.architecture, createdAt: image.createdAt)
        }
        return Dictionary(rows.map { ($0.imageID, $0) }, uniquingKeysWith: { first, _ in first }).values
            .sorted { $0.imageID < $1.imageID }
    }

    // MARK: Quotas

    /// The account's quota; nil where the service does not know it, or may not be asked, which is no error.
    private func quota(
        _ region: String, _ power: PowerContext, _ outcome: inout DutyOutcome
    ) async throws -> VCPUQuota {
        do {
            let value = try await power.aws.quotas(region: region).ec2Quota(Region.vcpuQuota)
            return value.map { .known(Int($0)) } ?? .absent
        } catch let error as AWSError where !PowerContext.isUnreachable(error) && !error.isThrottling {
            outcome.notes.append("\(region): the quota of vCPUs is not known: \(error.message)")
            return .unread
        }
    }

    /// What runs in the account, whoever's it is, by type: that is what the quota counts. Types that the fleet wants are there too,
    /// with their size, so that a plan can tell what its starts would take.
    private func usage(_ region: String, _ power: PowerContext, wanted: Set<String>) async throws -> [VCPUUsage] {
        let ec2 = power.aws.ec2(region: region)
        let running = try await ec2.instances(matching: [.state("pending", "running")])
        let counts = Dictionary(running.map { ($0.instanceType, 1) }, uniquingKeysWith: +)
        let types = wanted.union(counts.keys).sorted()
        guard !types.isEmpty else { return [] }
        let sizes = try await ec2.virtualProcessors(of: types)
        return types.map { type in
            let (count, size) = (counts[type] ?? 0, sizes[type] ?? 0)
            return VCPUUsage(type: type, instances: count, vcpus: count * size, size: size)
        }
    }
}
