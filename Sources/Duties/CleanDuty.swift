import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import Reconciling

/// `instance:clean`: the fleet's security groups and key pairs that nothing uses, and history that is older than `retention`.
public struct CleanDuty: Duty {
    /// Upload lists stay so long in the bucket; the rows that say they were read stay longer.
    private static let uploadListDays = 7
    /// Batches of one kind in one run: the rest goes at the next.
    private static let mostBatches = 200

    /// `instance:clean`.
    public init() {}

    /// What it is called.
    public var name: DutyName { .clean }

    /// History is the whole fleet's.
    public var scope: DutyScope { .fleet }

    /// Cleans each region, then the database and the bucket; a region that fails holds up neither.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        var outcome = DutyOutcome()
        // One region after another: the apply lease, which deleting takes, is one.
        for region in regions {
            do {
                let power = context.power.under([DutyContext.fleetLease])
                let report = try await Cleaning(power, region: region).run(now: now)
                outcome.changed += report.deleted.count
                outcome.notes += report.deleted.map { "\($0): deleted, since nothing used it" } + report.notes
            } catch {
                if FleetStore.isDatabaseError(error) { throw error }
                outcome.fail(region, error)
            }
        }
        try await closeEndedGrants(context, now, &outcome)
        for purge in Purge.allCases { outcome.changed += try await clear(purge, context, now) }
        do {
            try await clearUploadLists(context)
        } catch let error as AWSError {
            outcome.fail("fleet", error)
        }
        return outcome
    }

    /// A job shuts each out at its time; what was kept from it is made up for here.
    private func closeEndedGrants(
        _ context: DutyContext, _ now: Instant, _ outcome: inout DutyOutcome
    ) async throws {
        for user in try await context.store.usersWithEndedGrants(fleetID: context.fleetID, now: now) {
            do {
                let closed = try await AddressAccess(context.power.under([DutyContext.fleetLease]))
                    .closeEnded(user: user, now: now)
                outcome.changed += closed.count
                outcome.notes += closed.map { "\(user): \($0) is let in no more" }
            } catch let error where error is AWSError || error is ReconcileFailure {
                outcome.fail("user.\(user)", error)
            }
        }
    }

    private func clear(_ purge: Purge, _ context: DutyContext, _ now: Instant) async throws -> Int {
        var deleted = 0
        for _ in 0..<CleanDuty.mostBatches {
            let count = try await context.store.purge(
                purge, fleetID: context.fleetID, retention: context.settings.retention, now: now)
            deleted += count
            if count < FleetStore.purgeBatch { break }
        }
        return deleted
    }

    /// Lists of last week tell nothing any more: each was read within minutes, and what it named is listed hourly.
    private func clearUploadLists(_ context: DutyContext) async throws {
        let s3 = context.power.aws.s3()
        let bucket = context.settings.aws.bucket
        let end = try await context.store.databaseNow() - CleanDuty.uploadListDays * 24 * 3600
        for try await page in s3.objectPages(bucket: bucket, prefix: UploadList.prefix) {
            let old = page.filter { object in
                UploadList(key: object.key) != nil && object.lastModified.map { $0 < end } ?? false
            }
            guard !old.isEmpty else { break }
            try await s3.deleteObjects(bucket: bucket, keys: old.map(\.key))
        }
    }
}
