import Diagnostics
import LibMySQL

/// Why the store did not do what it was asked, where the reason is ours and not the server's.
public struct StoreError: DescribedFailure, Equatable {
    /// What kind of reason.
    public enum Kind: Sendable, Equatable {
        /// The URL, the option file or the environment.
        case configuration
        /// The database has no tables of ours yet.
        case schemaMissing
        /// Migrations are pending.
        case schemaOutdated
        /// A newer botfleet has migrated this database.
        case schemaTooNew
        /// Another process migrates now.
        case migrationRunning
        /// A migration began and did not end.
        case migrationHalfRun
        /// A recorded migration is not the one that this binary has under its number.
        case migrationChanged
        /// Another holds the lease by now, or it ran out: nothing was written.
        case leaseLost
        /// Something cannot be removed because rows refer to it.
        case stillReferred
        /// Something refers to a row that is not there.
        case missingReference
        /// A step to be settled was never opened.
        case unknownStep
        /// A row holds what this version cannot read.
        case unreadable
    }

    /// What kind of reason.
    public var kind: Kind
    /// What was attempted, on what, and why it failed.
    public var summary: String
    /// What to do about it.
    public var hint: String?
    /// The name of the lease, for `leaseLost`.
    public var lease: String?

    /// An error of a kind; `summary` and `hint` as `DescribedFailure` has them.
    public init(_ kind: Kind, _ summary: String, hint: String? = nil, lease: String? = nil) {
        self.kind = kind
        self.summary = summary
        self.hint = hint
        self.lease = lease
    }
}
