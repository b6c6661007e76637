import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Foundation
import Runner

/// `botfleet sync KIND`: what a duty reads from AWS, now.
struct SyncCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Read what AWS and the bot sources have into the database now.",
        discussion: """
            instances: the duty instance:sync, in all regions. images and regions: the duty aws:sync-amis, which reads images, the \
            account's quota of vCPUs and what is used of it. objects: the duty sync:folders, with a whole listing of each \
            instance's results, or of NAME's. bots: the duty bots:sync-local, which reads what each source has now and says what an \
            apply would find. While a runner does the duty it ends with 75 and says who.
            """)

    /// What is read.
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case instances, bots, images, regions, objects
    }

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("instances, bots, images, regions or objects.", valueName: "kind")) var subject:
        Subject
    @Argument(help: ArgumentHelp("The instance whose objects are listed.", valueName: "name")) var name: String?
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?
    @OptionGroup var queue: QueueOptions

    func validate() throws {
        guard name == nil || subject == .objects else {
            throw ValidationError("sync \(subject.rawValue) takes no NAME: it reads all of them at once.")
        }
    }

    private var duty: any Duty {
        switch subject {
        case .instances: SyncDuty()
        case .bots: BotsDuty()
        case .images, .regions: ImagesDuty()
        case .objects: FoldersDuty(whole: name.map { .of(instance: $0) } ?? .all)
        }
    }

    /// A job for each part that somebody holds the lease of: whoever does the duty there does it.
    private func enqueue(in context: CommandContext) async throws -> ExitCode {
        try await context.withSession(fleet: fleet, purpose: "botfleet sync") { session, regions in
            let store = session.context.store
            let parts = duty.scope == .fleet ? [regions] : regions.map { [$0] }
            for part in parts {
                var request = JobRequest(.sync, part)
                request.duty = duty.name
                request.instance = name
                request.at = try await store.databaseNow()
                request.author = "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
                let id = try await store.enqueue(
                    request, fleetID: session.context.fleetID, lease: duty.scope.leases(regions: part).first)
                Terminal.write("job \(id): sync \(subject.rawValue) \(part.joined(separator: " "))\n")
            }
            return .success
        }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        if let name {
            try await context.withSession(fleet: fleet, purpose: "botfleet sync") { session, _ in
                try await session.requireInstance(name)
            }
        }
        if queue.background { return try await enqueue(in: context) }
        return try await DutyOnce(duty: duty, fleet: fleet, purpose: "botfleet sync \(subject.rawValue)")
            .run(in: context)
    }
}

extension FleetSession {
    /// Refuses a name that no instance has, with the likeliest that was meant.
    func requireInstance(_ name: String) async throws {
        let names = try await context.store.instanceNames(fleetID: context.fleetID)
        guard names.contains(name) else {
            throw CommandFailure.notFound(kind: "instance", name: name, among: names)
        }
    }
}
