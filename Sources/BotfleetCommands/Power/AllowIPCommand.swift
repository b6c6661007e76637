import ArgumentParser
import FleetModel

/// `botfleet allow-ip`: lets an address reach a user's instances for a while.
struct AllowIPCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow-ip", abstract: "Let an address reach a user's instances for a while.",
        discussion: """
            Opens the fleet's ports (defaults.ports) in the user's security groups of all regions, beside allowed_ips, and records it: neither \
            plan nor apply takes it for drift. It ends after 24 h unless --until says otherwise; a runner shuts it again.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The user's e-mail address.", valueName: "email")) var user: String
    @Argument(
        help: ArgumentHelp("203.0.113.7, 203.0.113.0/24, 2001:db8::/64.", valueName: "cidr"),
        transform: AllowIPCommand.block)
    var source: CIDR
    @Option(
        help: ArgumentHelp("Until then (RFC 3339, or local to the user's zone), or never.", valueName: "time"))
    var until: String?
    @OptionGroup var queue: QueueOptions

    func run(in context: CommandContext) async throws -> ExitCode {
        var request = JobRequest(.allowIP, [user])
        request.source = source
        request.until = until
        return try await queue.run(request, in: context)
    }

    private static func block(_ text: String) throws -> CIDR {
        do {
            return try CIDR(parsing: text)
        } catch {
            throw ValidationError("'\(text)' is no address or network: 203.0.113.7, 203.0.113.0/24, 2001:db8::/64.")
        }
    }
}
