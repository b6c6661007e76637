import AWSCloud
import ArgumentParser
import Diagnostics
import FleetFiles
import FleetModel
import FleetStore
import Foundation
import Logging
import Reconciling
import Runner
import Scheduling
import Views

/// What a command works with: the environment, the fleet's files, its database and AWS, each opened when it is asked
/// for.
struct CommandContext: Sendable {
    /// The fleet repository, as an absolute path.
    let folder: String
    let environment: [String: String]
    let logger: Logger
    /// How standard output is written.
    let style: Style
    /// How standard error is written.
    let errorStyle: Style

    init(options: GlobalOptions, defaultLogLevel: LogLevel = .warning) {
        let environment = ProcessInfo.processInfo.environment
        self.folder = URL(fileURLWithPath: options.folder, isDirectory: true).standardizedFileURL.path
        self.environment = environment
        let level = (options.logLevel ?? defaultLogLevel).level
        let format = options.logFormat
        self.logger = Logger(label: "botfleet") {
            StandardErrorLog(logLevel: level, label: $0, format: format)
        }
        // https://no-color.org: present and not empty.
        let mayColor = !options.noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        self.style = Style(color: mayColor && Terminal.outputIsTerminal, width: Terminal.width)
        self.errorStyle = Style(color: mayColor && Terminal.errorIsTerminal, width: Terminal.width)
    }

    var zones: ZoneDatabase { ZoneDatabase.default(environment: environment) }

    // MARK: Files

    var loader: DesiredLoader { DesiredLoader(folder: folder, environment: environment, zones: zones) }

    /// The fleet's settings, as far as they can be read; nil outside a fleet repository.
    var settings: FleetSettings? { loader.files().repository?.settings.value }

    /// The files, once they have no errors; else their errors are shown and the command fails.
    func validFiles(_ loader: DesiredLoader) throws -> (files: LoadedFleet, settings: FleetSettings) {
        try requireZones()
        let files = loader.files()
        guard let repository = files.repository, !files.diagnostics.hasErrors else {
            show(files.diagnostics)
            throw ReconcileFailure.invalid(errors: files.diagnostics.count { $0.severity == .error })
        }
        return (files, repository.settings.value)
    }

    /// Says that there is no time zone data, where every zone of the files would be called unknown.
    func requireZones() throws {
        guard zones.names().isEmpty else { return }
        throw CommandFailure.noZones(directory: zones.directory)
    }

    /// Shows diagnostics on standard error, with their lines where a person reads them.
    func show(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        let folder = self.folder
        let showsLines = Terminal.errorIsTerminal
        let text = DiagnosticsView.text(
            diagnostics, style: errorStyle,
            sourceLine: showsLines ? { FleetLoader.sourceLine(at: $0, in: folder) } : nil)
        Terminal.writeErrorRaw(text)
    }

    func fail(_ error: any Error) { Terminal.writeErrorRaw(FailureView.text(error, style: errorStyle)) }

    // MARK: Database

    /// Opens the database, does something with it, and closes it.
    func withStore<Result>(
        _ settings: FleetSettings?, _ body: (FleetStore) async throws -> Result
    ) async throws -> Result {
        let configuration = try DatabaseConfiguration.from(
            settings: settings?.database, environment: environment, folder: folder)
        let store = try await FleetStore.connect(configuration, logger: logger)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// The recorded state of the fleet that the files name; without files, of the only fleet in the database.
    func withRecorded<Result>(
        _ body: (FleetStore, RecordedState) async throws -> Result
    ) async throws -> Result {
        let files = loader.files()
        let settings = files.repository?.settings.value
        let names = ["fleet.yaml", "fleet.yml"]
        if settings == nil, names.contains(where: { FileManager.default.fileExists(atPath: "\(folder)/fleet/\($0)") }) {
            // It names a fleet that cannot be read: another one of the database is not what is meant.
            show(files.diagnostics)
            throw ReconcileFailure.invalid(errors: files.diagnostics.count { $0.severity == .error })
        }
        if settings == nil, (environment[DatabaseConfiguration.urlVariable] ?? "").isEmpty {
            throw CommandFailure.noFleet(folder: folder)
        }
        return try await withStore(settings) { store in
            let status = try await store.schemaStatus()
            if !status.isEmpty { try status.requireCurrent() }
            let name = try await fleetName(settings, store, isEmpty: status.isEmpty)
            return try await body(store, try await store.recordedState(fleet: name))
        }
    }

    private func fleetName(_ settings: FleetSettings?, _ store: FleetStore, isEmpty: Bool) async throws -> String {
        if let settings { return settings.name }
        let fleets = isEmpty ? [] : try await store.fleets()
        guard fleets.count == 1, let only = fleets.first else {
            throw CommandFailure.whichFleet(fleets.map(\.name))
        }
        return only.name
    }

    /// What works without files, as the runner does: a session over what an apply recorded, and the fleet's regions.
    ///
    /// Its leases are given back at the end. `fleet` is the option of that name, which wins over the files' fleet.
    func withSession<Result>(
        fleet: String?, purpose: String, _ body: (FleetSession, [String]) async throws -> Result
    ) async throws -> Result {
        let settings = self.settings
        if settings == nil, (environment[DatabaseConfiguration.urlVariable] ?? "").isEmpty {
            throw CommandFailure.noFleet(folder: folder)
        }
        return try await withStore(settings) { store in
            try await store.schemaStatus().requireCurrent()
            let fleets = try await store.fleets()
            guard let name = fleet ?? settings?.name ?? (fleets.count == 1 ? fleets.first?.name : nil) else {
                throw RunnerFailure.noFleet(nil, among: fleets.map(\.name))
            }
            guard let records = try await store.runnerRecords(fleet: name), records.fleet.settings.revision > 0 else {
                throw RunnerFailure.noFleet(name, among: fleets.map(\.name))
            }
            let keeper = LeaseKeeper(
                store: store, fleetID: records.fleet.id, holder: .current(purpose: purpose), logger: logger)
            do {
                let session = try FleetSession(
                    records.fleet, store: store, keeper: keeper, book: ScheduleBook(zones: zones),
                    environment: environment, folder: folder, logger: logger)
                let result = try await body(session, records.regions)
                await keeper.close()
                return result
            } catch {
                await keeper.close()
                throw error
            }
        }
    }

    // MARK: AWS

    func aws(_ settings: FleetSettings) throws -> AWS {
        AWS(
            try AWSConfiguration(
                homeRegion: settings.aws.region, endpoint: settings.aws.endpoint, environment: environment,
                now: { Instant(seconds: Int64(Date.now.timeIntervalSince1970)) }, logger: logger))
    }

    /// The endpoint that instances are told of: a sandbox's; nil on AWS.
    func endpoint(_ settings: FleetSettings) -> String? {
        let named = environment["AWS_ENDPOINT_URL"] ?? ""
        return named.isEmpty ? settings.aws.endpoint : named
    }
}

/// Why a command cannot begin.
enum CommandFailure: DescribedFailure, Hashable {
    case noFleet(folder: String)
    case whichFleet([String])
    case notFound(kind: String, name: String, among: [String])
    case fileExists(String)
    case unwritable(path: String, reason: String)
    case unreadablePlan(path: String, reason: String)
    case notConfirmed
    case needsApproval
    case badFleetName(String)
    case unknownSchema(String, names: [String])
    case unreadableTime(String)
    case badDeploymentName(String)
    case deploymentExists(String)
    case notCopied(String, file: String)
    case noJob(Int64)
    case notGivenUp(Int64, outcome: String)
    case noZones(directory: String)

    var summary: String {
        switch self {
        case .noFleet(let folder): "'\(folder)' is no fleet repository: it has no fleet/fleet.yaml"
        case .whichFleet(let names):
            names.isEmpty
                ? "the database holds no fleet"
                : "the database holds several fleets: \(names.sorted().joined(separator: ", "))"
        case .notFound(let kind, let name, _): "there is no \(kind) '\(name)'"
        case .fileExists(let path): "'\(path)' exists already"
        case .unwritable(let path, let reason): "'\(path)' cannot be written: \(reason)"
        case .unreadablePlan(let path, let reason): "'\(path)' is no saved plan: \(reason)"
        case .notConfirmed: "not applied: nothing but 'yes' approves"
        case .needsApproval: "apply needs a terminal to ask on"
        case .badFleetName(let name): "'\(name)' cannot be a fleet's name"
        case .unknownSchema(let name, _): "there is no schema '\(name)'"
        case .unreadableTime(let text): "'\(text)' is no time"
        case .badDeploymentName(let name): "'\(name)' cannot be a deployment's name"
        case .deploymentExists(let name): "there is a deployment '\(name)' already"
        case .notCopied(let name, let file): "the name of '\(name)' is written in \(file) in a way that can't be copied"
        case .noJob(let id): "there is no job \(id)"
        case .notGivenUp(let id, let outcome): "job \(id) was not given up: it is \(outcome)"
        case .noZones(let directory): "there is no IANA time zone data in '\(directory)'"
        }
    }

    var hint: String? {
        switch self {
        case .noFleet: "use -C DIR, or make one with botfleet init"
        case .whichFleet(let names):
            names.isEmpty ? "run botfleet apply in its repository" : "use -C with a fleet's repository"
        case .notFound(let kind, let name, let names): CommandFailure.suggestion(kind, name, names)
        case .fileExists: "choose another folder"
        case .unwritable: nil
        case .unreadablePlan: "make one with botfleet plan --out"
        case .notConfirmed: nil
        case .needsApproval: "use --auto-approve, or apply a saved plan with it"
        case .badFleetName: "use a-z, 0-9 and '-', at most 63: botfleet init my-fleet"
        case .unknownSchema(_, let names): "schemas: \(names.joined(separator: ", "))"
        case .unreadableTime: "write it as 2026-03-29T01:00:00Z, or as a local time 2026-03-29T08:00"
        case .badDeploymentName: "use a-z, 0-9 and '-', at most 63"
        case .deploymentExists: "choose another name"
        case .notCopied: "write it as name: NAME on a line of its own"
        case .noJob: "botfleet jobs lists them"
        case .notGivenUp: nil
        case .noZones: "install tzdata, or set TZDIR to where it is"
        }
    }

    /// The nearest name, or the first few that there are.
    private static func suggestion(_ kind: String, _ name: String, _ names: [String]) -> String? {
        if let nearest = Suggestion.nearest(to: name, among: names) { return "did you mean '\(nearest)'?" }
        guard !names.isEmpty else { return nil }
        let more = names.count > 5 ? ", … (botfleet \(kind)s lists all \(names.count))" : ""
        return "\(kind)s: \(names.prefix(5).joined(separator: ", "))\(more)"
    }
}
