import Reconciling

/// Exit statuses of errors.
enum Failures {
    /// EX_TEMPFAIL of sysexits.h: try again later.
    static let leaseHeld: Int32 = 75

    /// 75 where another holds the lease, else 1.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case ReconcileFailure.leaseHeld, ReconcileFailure.dutyHeld: leaseHeld
        default: 1
        }
    }
}
