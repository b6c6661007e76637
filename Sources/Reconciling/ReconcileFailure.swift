import Diagnostics
import FleetModel
import Planning

/// Why a plan or an apply cannot go on.
public enum ReconcileFailure: DescribedFailure, Hashable {
    /// The credentials are another account's than the one recorded at the first apply.
    case otherAccount(recorded: String, found: String, fleet: String)
    /// Instances are missing in a region, and so is everything else of the fleet there.
    case emptyAccount(region: String)
    /// More instances were lost at once than `guards.max_terminations`.
    case tooManyLost(count: Int, limit: Int, instances: [String])
    /// The bucket's marker names another fleet.
    case otherFleetsBucket(bucket: String, owner: String)
    /// The bucket of `aws.bucket` does not exist, or these credentials may not see it.
    case bucketMissing(bucket: String, region: String)
    /// Another apply holds the lease.
    case leaseHeld(Lease)
    /// A runner does the duty that was to be run by hand.
    case dutyHeld(Lease)
    /// This process lost its lease while it worked.
    case leaseLost
    /// A saved plan no longer holds at these addresses.
    case stalePlan([Address])
    /// More instances would go or be replaced than `guards.max_terminations`, or the person, allows.
    case tooManyTerminations(count: Int, limit: Int)
    /// Not one instance of several would be left, whatever the guard's number.
    case leavesNothing(count: Int)
    /// The commit is an ancestor of the last applied one.
    case olderCommit(commit: String, applied: String)
    /// The saved plan was made for a fleet of another name.
    case otherFleetsPlan(plan: String, files: String)
    /// The saved plan was written in a format that this version does not read.
    case planFormat(Int)
    /// The files or the plan have errors, already shown.
    case invalid(errors: Int)
    /// An instance that AWS did not bring where it was wanted, with AWS's reason.
    case fellBack(instance: String, state: String, reason: String?)
    /// Nothing in a region matches the image that a launch needs.
    case noImage(region: String, wanted: String)
    /// AWS has no region of this name, or the account has not enabled it.
    case unknownRegion(String, suggestion: String?)
    /// Another holds the instance's operation lock.
    case busy(instance: String, Lease)
    /// Something that the change needs is not there, or not there any more.
    case notReady(String, hint: String)

    /// What was attempted and what kept it from being done; names accounts, buckets and people, never a secret.
    public var summary: String {
        switch self {
        case .otherAccount(let recorded, let found, let fleet):
            "fleet '\(fleet)' belongs to AWS account \(recorded), and the credentials are of account \(found)"
        case .emptyAccount(let region):
            "AWS shows nothing of this fleet in \(region): neither its instances nor its security groups; nothing was changed"
        case .tooManyLost(let count, let limit, let instances):
            "\(count) instances were lost at once (\(ReconcileFailure.list(instances))), and guards.max_terminations is "
                + "\(limit); nothing was marked lost or launched"
        case .otherFleetsBucket(let bucket, let owner):
            "bucket '\(bucket)' belongs to fleet '\(owner)', says its object \(BucketMarker.key)"
        case .bucketMissing(let bucket, let region): "there is no bucket '\(bucket)' in \(region)"
        case .leaseHeld(let lease):
            "\(lease.holder.purpose) is running: \(lease.holder.user)@\(lease.holder.host), "
                + "process \(lease.holder.pid), since \(lease.acquiredAt)"
        case .dutyHeld(let lease):
            "\(lease.holder.purpose) does this already: \(lease.holder.user)@\(lease.holder.host), "
                + "process \(lease.holder.pid), since \(lease.acquiredAt)"
        case .leaseLost: "the lease was lost to another while working, so nothing more was done"
        case .stalePlan(let addresses):
            "the saved plan no longer holds: \(ReconcileFailure.list(addresses.map(\.description))) moved since"
        case .tooManyTerminations(let count, let limit):
            "this would terminate or replace \(count) instances, and guards.max_terminations is \(limit)"
        case .leavesNothing(let count): "this would leave none of the fleet's \(count) instances"
        case .olderCommit(let commit, let applied):
            "commit \(commit.prefix(12)) is older than \(applied.prefix(12)), which was applied last"
        case .otherFleetsPlan(let plan, let files):
            "the saved plan is of fleet '\(plan)', and the files are of '\(files)'"
        case .planFormat(let version):
            "the saved plan has format \(version), and this botfleet reads \(Plan.formatVersion)"
        case .invalid(let errors):
            errors == 1 ? "there is an error, shown above" : "there are \(errors) errors, shown above"
        case .fellBack(let instance, let state, let reason):
            "instance '\(instance)' is \(state)\(reason.map { ": \($0)" } ?? "")"
        case .noImage(let region, let wanted): "no image in \(region) matches \(wanted)"
        case .unknownRegion(let region, _): "AWS has no region '\(region)' that this account may use"
        case .busy(let instance, let lease):
            "instance '\(instance)' is being worked on by \(lease.holder.purpose) "
                + "(\(lease.holder.user)@\(lease.holder.host))"
        case .notReady(let what, _): what
        }
    }

    /// The option or command that goes on from there; nil where the errors shown above say it themselves.
    public var hint: String? {
        switch self {
        case .otherAccount: "use the credentials of the fleet's account"
        case .emptyAccount: "check that the credentials and the endpoint are the fleet's"
        case .tooManyLost: "if they are truly gone, raise guards.max_terminations in fleet/fleet.yaml and apply"
        case .otherFleetsBucket: "give each fleet a bucket of its own in aws.bucket"
        case .bucketMissing(let bucket, let region): "make it: aws s3 mb s3://\(bucket) --region \(region)"
        case .leaseHeld: "wait until it is done"
        case .dutyHeld: "leave it to that one, or stop it first"
        case .leaseLost: "run botfleet apply again: it finishes what was begun"
        case .stalePlan: "plan again"
        case .tooManyTerminations(let count, _), .leavesNothing(let count):
            "if that is meant: --allow-terminations \(count)"
        case .olderCommit: "if that is meant: --allow-older"
        case .otherFleetsPlan, .planFormat: "plan again"
        case .invalid: nil
        case .fellBack: "run botfleet apply again once AWS can"
        case .noImage: "check default_image and its owner, or give the deployment an image"
        case .unknownRegion(_, let suggestion):
            suggestion.map { "did you mean '\($0)'? See fleet/regions.yaml" } ?? "mend it in fleet/regions.yaml"
        case .busy: "run botfleet apply again when it is done"
        case .notReady(_, let hint): hint
        }
    }

    /// Whether it says that something is badly wrong with what AWS shows, so that a person must look.
    public var isAlarm: Bool {
        switch self {
        case .otherAccount, .emptyAccount, .tooManyLost: true
        default: false
        }
    }

    /// The first few of a list, and how many more there are.
    static func list(_ items: [String]) -> String {
        let shown = items.prefix(5).joined(separator: ", ")
        return items.count > 5 ? "\(shown) and \(items.count - 5) more" : shown
    }
}
