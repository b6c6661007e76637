import AWSCloud
import FleetModel

/// Makes sure that a long-lived process's credentials are the fleet's account's, without asking AWS each time (SPEC 5).
public actor AccountGuard {
    /// How long an answer counts: credentials of another account don't come by themselves.
    private static let validity: Duration = .seconds(600)

    private let aws: AWS
    private let fleet: RecordedFleet
    private var checkedAt: ContinuousClock.Instant?

    /// A guard for a fleet whose account an apply recorded.
    public init(aws: AWS, fleet: RecordedFleet) {
        self.aws = aws
        self.fleet = fleet
    }

    /// Throws ``ReconcileFailure/otherAccount(recorded:found:fleet:)`` where the credentials are another account's, and what
    /// AWS answers where it does not say whose they are.
    public func check() async throws {
        if let checkedAt, ContinuousClock.now - checkedAt < AccountGuard.validity { return }
        let account = try await aws.sts().callerIdentity().account
        if let known = fleet.accountID, known != account {
            throw ReconcileFailure.otherAccount(recorded: known, found: account, fleet: fleet.name)
        }
        checkedAt = .now
    }
}
