import ArgumentParser
import Duties
import FleetModel

/// `botfleet sync KIND`: what a duty reads from AWS, now.
struct SyncCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Read what AWS has into the database now.",
        discussion: """
            instances: the duty instance:sync, in all regions. images and regions: the duty aws:sync-amis, which reads images, the \
            account's quota of vCPUs and what is used of it. While a runner does the duty it ends with 75 and says who.
            """)

    /// What is read.
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case instances, images, regions

        var duty: any Duty {
            switch self {
            case .instances: SyncDuty()
            case .images, .regions: ImagesDuty()
            }
        }
    }

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("instances, images or regions.", valueName: "kind")) var subject: Subject
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?

    func run(in context: CommandContext) async throws -> ExitCode {
        try await DutyOnce(duty: subject.duty, fleet: fleet, purpose: "botfleet sync \(subject.rawValue)")
            .run(in: context)
    }
}
