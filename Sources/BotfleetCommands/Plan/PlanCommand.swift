import ArgumentParser
import Diagnostics
import FleetModel
import FleetStore
import Foundation
import Planning
import Reconciling
import Views

/// `botfleet plan`: what would change in AWS and MySQL. Writes nothing but its own file.
struct PlanCommand: FleetCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, markdown
    }

    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what apply would change in AWS and MySQL.",
        discussion: """
            Compares what the files want, what MySQL records and what AWS has, and writes nothing. With \
            --detailed-exitcode the exit
            status is 0 when there is nothing to do, 2 when there are changes, 1 when planning failed.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("Save the plan for `botfleet apply FILE`.", valueName: "file"))
    var out: String?
    @Option(help: "text, json or markdown.")
    var format: Format = .text
    @Option(
        help: ArgumentHelp("Only this address and what it needs; may be given several times.", valueName: "address"),
        transform: Address.argument)
    var target: [Address] = []
    @Option(
        help: ArgumentHelp("Replace this instance though nothing else asks for it.", valueName: "address"),
        transform: Address.instanceArgument)
    var replace: [Address] = []
    @Flag(name: .customLong("refresh-only"), help: "Only show what was changed outside botfleet.")
    var refreshOnly = false
    @Flag(name: .customLong("upgrade-images"), help: "Replace instances whose region's default image is newer.")
    var upgradeImages = false
    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there are changes.")
    var detailedExitCode = false

    func run(in context: CommandContext) async throws -> ExitCode {
        let loader = context.loader
        let (files, settings) = try context.validFiles(loader)
        let planned = try await context.withStore(settings) { store in
            let schema = try await store.schemaStatus()
            if !schema.isEmpty { try schema.requireCurrent() }
            let reconciler = Reconciler(
                loader: loader, files: files, settings: settings, aws: try context.aws(settings), store: store,
                endpoint: context.endpoint(settings), logger: context.logger)
            let fetching = FetchLine()
            let result = try await reconciler.plan(
                PlanOptions(
                    targets: target, replacements: replace, upgradesImages: upgradeImages, refreshOnly: refreshOnly),
                report: { context.show($0) }, fetching: { fetching.show($0, $1) })
            fetching.clear()
            return result
        }
        let errors = planned.result.diagnostics.count { $0.severity == .error }
        guard errors == 0 else { throw ReconcileFailure.invalid(errors: errors) }
        let plan = planned.result.plan
        if let out { try PlanFile.write(plan, to: out) }
        switch format {
        case .text: Terminal.write(PlanText.render(plan, style: context.style))
        case .json: Terminal.write(PlanJSON.render(plan))
        case .markdown: Terminal.write(PlanMarkdown.render(plan))
        }
        if let out { Terminal.writeError("Saved to \(out). Apply exactly this with: botfleet apply \(out)") }
        return detailedExitCode && !plan.isEmpty ? ExitCode(2) : .success
    }
}
