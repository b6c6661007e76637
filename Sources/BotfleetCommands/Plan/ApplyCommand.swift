import ArgumentParser
import FleetModel
import Foundation
import Planning
import Reconciling
import Views

/// `botfleet apply`: makes the changes, after asking.
struct ApplyCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make the changes that plan shows.",
        discussion: """
            Plans, shows the plan, asks, and carries it out. Killed at any moment, the next apply finishes or undoes \
            what was begun. With
            a plan file it does exactly what the file says, and refuses where that no longer holds.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("A plan saved by `botfleet plan --out`.", valueName: "planfile"))
    var planFile: String?
    @Flag(name: .customLong("auto-approve"), help: "Do not ask.")
    var autoApprove = false
    @Option(
        name: .customLong("allow-terminations"),
        help: ArgumentHelp("Terminate or replace up to this many instances.", valueName: "n"))
    var allowTerminations: Int?
    @Flag(name: .customLong("allow-older"), help: "Apply a commit older than the last applied one.")
    var allowOlder = false
    @Option(help: ArgumentHelp("How many instances are worked on at once.", valueName: "n"))
    var parallelism: Int = 10
    @Option(
        help: ArgumentHelp("Only this address and what it needs; may be given several times.", valueName: "address"),
        transform: Address.argument)
    var target: [Address] = []
    @Option(
        help: ArgumentHelp("Replace this instance though nothing else asks for it.", valueName: "address"),
        transform: Address.instanceArgument)
    var replace: [Address] = []
    @Flag(name: .customLong("upgrade-images"), help: "Replace instances whose region's default image is newer.")
    var upgradeImages = false

    func validate() throws {
        guard (1...100).contains(parallelism) else {
            throw ValidationError("--parallelism is 1 to 100.")
        }
        if let allowTerminations, allowTerminations < 0 {
            throw ValidationError("--allow-terminations is 0 or more.")
        }
        if planFile != nil, !target.isEmpty || !replace.isEmpty || upgradeImages {
            throw ValidationError("A saved plan has its own --target, --replace and --upgrade-images.")
        }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        let loader = context.loader
        let (files, settings) = try context.validFiles(loader)
        let saved = try planFile.map(PlanFile.read)
        if let saved, saved.fleet != settings.name {
            throw ReconcileFailure.otherFleetsPlan(plan: saved.fleet, files: settings.name)
        }
        guard autoApprove || Terminal.inputIsTerminal else { throw CommandFailure.needsApproval }
        let progress = ProgressPrinter(style: context.errorStyle)
        let stop = StopRequest()
        let report = try await context.withStore(settings) { store in
            let reconciler = Reconciler(
                loader: loader, files: files, settings: settings, aws: try context.aws(settings), store: store,
                endpoint: context.endpoint(settings), logger: context.logger)
            let fetching = FetchLine()
            return try await reconciler.apply(
                saved: saved,
                options: ApplyOptions(
                    allowedTerminations: allowTerminations, allowsOlderCommit: allowOlder, parallelism: parallelism,
                    isStopped: { stop.isAskedFor }),
                planOptions: PlanOptions(targets: target, replacements: replace, upgradesImages: upgradeImages),
                report: { context.show($0) }, fetching: { fetching.show($0, $1) }, progress: { progress.show($0) },
                confirm: { plan in
                    fetching.clear()
                    let isApproved = try confirm(plan, context)
                    if !plan.isEmpty {
                        progress.begin(total: plan.changes.count)
                        // Until here nothing is changed, and Ctrl-C may end the process as it always does.
                        stop.listen()
                    }
                    return isApproved
                })
        }
        progress.finish()
        guard let report else { return .failure }
        if report.plan.isEmpty { return .success }
        Terminal.write(progress.summary.text(style: context.style))
        if !report.notBegun.isEmpty {
            Terminal.writeError(
                "Stopped: \(report.notBegun.count) changes were left. Run botfleet apply again to go on with them.")
        }
        return report.isComplete ? .success : .failure
    }

    private func confirm(_ plan: Plan, _ context: CommandContext) throws -> Bool {
        Terminal.write(PlanText.render(plan, style: context.style))
        if plan.isEmpty || autoApprove {
            if plan.dirty {
                Terminal.writeError("The files differ from their commit; this apply is recorded as dirty.")
            }
            return true
        }
        if plan.dirty {
            Terminal.writeError("The files differ from their commit; the apply will be recorded as dirty.")
        }
        Terminal.writeErrorRaw("Do this? Only 'yes' will: ")
        guard readLine()?.trimmingCharacters(in: .whitespaces) == "yes" else { throw CommandFailure.notConfirmed }
        return true
    }
}
