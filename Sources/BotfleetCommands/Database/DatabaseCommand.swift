import ArgumentParser
import FleetStore
import Views

/// `botfleet db`: the database's schema.
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Look after the database's schema.",
        subcommands: [DatabaseMigrate.self, DatabaseStatus.self, DatabaseUnlock.self])
}

/// `botfleet db migrate`: brings the schema to this botfleet's version.
struct DatabaseMigrate: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the schema to this botfleet's version.")
    @OptionGroup var options: GlobalOptions

    func run(in context: CommandContext) async throws -> ExitCode {
        let applied = try await context.withStore(context.settings) { try await $0.migrate() }
        for name in applied { Terminal.writeLine("migrated \(name)") }
        if applied.isEmpty { Terminal.writeLine("The schema is current; nothing to migrate.") }
        return .success
    }
}

/// `botfleet db status`: what is migrated, what is pending.
struct DatabaseStatus: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what is migrated and what is pending; exits 1 unless current.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table

    func run(in context: CommandContext) async throws -> ExitCode {
        let status = try await context.withStore(context.settings) { try await $0.schemaStatus() }
        Terminal.write(ListView.list(status.rows, as: format, in: context.list))
        if let holder = status.lockedBy { Terminal.writeError("being migrated by \(holder)") }
        if status.isNewerThanBinary { Terminal.writeError("the schema is newer than this botfleet") }
        return status.isCurrent ? .success : .failure
    }
}

/// `botfleet db unlock`: after a migration that died.
struct DatabaseUnlock: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Give up the lock of a migration whose process died.")
    @OptionGroup var options: GlobalOptions

    func run(in context: CommandContext) async throws -> ExitCode {
        try await context.withStore(context.settings) { try await $0.unlockMigrations() }
        Terminal.writeLine("Unlocked.")
        return .success
    }
}
