extension FleetStore {
    private var migrator: Migrator { Migrator(pool: pool, migrations: migrations, logger: logger) }

    /// How the schema stands to this binary's migrations; changes nothing.
    public func schemaStatus() async throws -> SchemaStatus { try await migrator.status() }

    /// Applies the migrations that are pending, waiting while another process does. Returns the names of those applied
    /// by this call, none where the schema was up to date.
    /// - Throws: `StoreError` of kind `schemaTooNew`, `migrationChanged`, `migrationHalfRun` or `migrationRunning`; then
    ///   nothing was changed.
    @discardableResult
    public func migrate() async throws -> [String] { try await migrator.migrate() }

    /// Takes the migration lock away from whoever has it, and lets a half-run migration go on with the statement at which
    /// it ended. For when the process that migrated is known to be dead.
    public func unlockMigrations() async throws { try await migrator.unlock() }
}
