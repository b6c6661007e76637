/// How the database's schema stands to the migrations of this binary.
public struct SchemaStatus: Sendable, Equatable {
    /// Whether nothing of ours is there yet.
    public var isEmpty: Bool
    /// The highest version that is wholly applied; 0 for none.
    public var current: Int
    /// The highest version that this binary has.
    public var latest: Int
    /// Names of migrations that this binary has and the database has not, in order: `0001_initial`.
    public var pending: [String]
    /// Names of migrations that are wholly applied, in order.
    public var applied: [String]
    /// The migration that began and did not end.
    public var halfRun: String?
    /// Who migrates at the moment: who, where, since when.
    public var lockedBy: String?
    /// Names of applied migrations whose text in this binary is another.
    public var changed: [String]
    /// Whether a newer botfleet has been here.
    public var isNewerThanBinary: Bool

    /// Whether the store may be used: all migrations applied, none changed, none half-run, none unknown.
    public var isCurrent: Bool { failure == nil }

    /// Throws what keeps the store from being used, with what to do about it.
    /// - Throws: `StoreError` of a `schema…` or `migration…` kind.
    public func requireCurrent() throws {
        if let failure { throw failure }
    }

    private var failure: StoreError? {
        if let failure = migrationFailure { return failure }
        if isEmpty {
            return StoreError(.schemaMissing, "the database has no tables yet", hint: "run botfleet db migrate")
        }
        if !pending.isEmpty {
            return StoreError(
                .schemaOutdated, "the database lacks migrations: \(pending.joined(separator: ", "))",
                hint: "run botfleet db migrate")
        }
        return nil
    }

    /// What keeps a migration from going on.
    var migrationFailure: StoreError? {
        if isNewerThanBinary {
            return StoreError(
                .schemaTooNew,
                "the database was migrated by a newer botfleet (this one knows versions up to \(latest))",
                hint: "upgrade botfleet")
        }
        if let name = changed.first {
            return StoreError(
                .migrationChanged, "migration \(name) was applied with another text than this botfleet has",
                hint: "use the botfleet that applied it, or a released version")
        }
        if let lockedBy {
            return StoreError(
                .migrationRunning, "the database is being migrated by \(lockedBy)", hint: "wait until it has ended")
        }
        if let halfRun {
            return StoreError(
                .migrationHalfRun, "migration \(halfRun) began and did not end",
                hint: "look at the tables it changes, then run botfleet db unlock and botfleet db migrate")
        }
        return nil
    }
}
