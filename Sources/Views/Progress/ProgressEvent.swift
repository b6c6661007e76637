import FleetModel
import Planning

/// What an apply tells while it works.
public enum ProgressEvent: Hashable, Sendable {
    case started(Address, Change.Action)
    /// A change goes on: `launching t3.medium`, `waiting for running`.
    case doing(Address, String)
    case finished(Address, Change.Action)
    /// With the error.
    case failed(Address, String)
    /// Not begun, because what it depends on failed.
    case skipped(Address, because: Address)
    /// The whole apply waits: for a lease whose holder seems to have died.
    case waiting(String)
    /// An interrupted apply is finished or undone first.
    case recovering(String)
}
