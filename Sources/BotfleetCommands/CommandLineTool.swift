import ArgumentParser
import Foundation
import Logging
import Views

/// Runs one command and ends the process with its exit status (SPEC 3): 0 done, 1 failed, 64 bad usage, 75 another
/// holds the lease.
public enum CommandLineTool {
    /// Parses and runs; never returns.
    public static func run(_ arguments: [String]) async -> Never {
        // A reader that closed our pipe (`botfleet events | head`) ends us quietly by EPIPE, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        let status: Int32
        do {
            let parsed = try Botfleet.parseAsRoot(LeadingOptions.moved(arguments))
            if let command = parsed as? any FleetCommand {
                status = await run(command)
            } else {
                var other = parsed
                try other.run()
                status = 0
            }
        } catch {
            Botfleet.exit(withError: error)
        }
        Foundation.exit(status)
    }

    private static func run(_ command: any FleetCommand) async -> Int32 {
        let context = CommandContext(
            options: command.options, defaultLogLevel: type(of: command).defaultLogLevel)
        do {
            let status = try await command.run(in: context).rawValue
            // What was not written whole must not look like success to a script.
            if let reason = Terminal.outputFailure {
                throw CommandFailure.unwritable(path: "standard output", reason: reason)
            }
            return status
        } catch let exit as ExitCode {
            return exit.rawValue
        } catch {
            context.fail(error)
            return Failures.status(of: error)
        }
    }
}

/// A command that works on a fleet repository or its database.
protocol FleetCommand: ParsableCommand {
    var options: GlobalOptions { get }
    /// From which level on it logs unless it is told otherwise.
    static var defaultLogLevel: LogLevel { get }
    /// Does it; gives its exit status, or throws what went wrong.
    func run(in context: CommandContext) async throws -> ExitCode
}

extension FleetCommand {
    static var defaultLogLevel: LogLevel { .warning }
}

/// The root command: `botfleet`.
struct Botfleet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "botfleet",
        abstract: "Runs a fleet of puppeteer bots on EC2 from YAML files in git.",
        discussion: """
            People edit files and commit; `botfleet plan` says what would change in AWS and MySQL, `botfleet apply` \
            does it.
            Start with `botfleet init`, `botfleet validate` and `botfleet doctor`.
            """,
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Files",
                subcommands: [
                    InitCommand.self, ValidateCommand.self, CloneCommand.self, SchemaCommand.self,
                    IAMPolicyCommand.self,
                ]),
            CommandGroup(name: "Changes", subcommands: [PlanCommand.self, ApplyCommand.self]),
            CommandGroup(
                name: "Looking",
                subcommands: [
                    StatusCommand.self, InstancesCommand.self, DeploymentsCommand.self, UsersCommand.self,
                    BotsCommand.self, RegionsCommand.self, ImagesCommand.self, ObjectsCommand.self,
                    SchedulesCommand.self,
                    SessionsCommand.self, EventsCommand.self, DutiesCommand.self, ScheduleCommand.self,
                ]),
            CommandGroup(
                name: "Power",
                subcommands: [
                    StartCommand.self, StopCommand.self, RestartCommand.self, TerminateCommand.self,
                    RestoreCommand.self, AllowIPCommand.self,
                ]),
            CommandGroup(
                name: "The runner",
                subcommands: [RunCommand.self, DutyCommand.self, SyncCommand.self, JobsCommand.self]),
            CommandGroup(name: "Care", subcommands: [DatabaseCommand.self, DoctorCommand.self]),
        ])
}
