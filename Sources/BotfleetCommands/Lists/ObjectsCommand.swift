import AWSCloud
import ArgumentParser
import Duties
import FleetModel
import FleetStore
import Runner
import Views

/// `botfleet objects`: what instances sent to the bucket.
struct ObjectsCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects", abstract: "List results in the bucket; NAME shows one instance's as a tree.",
        discussion: """
            As sync:folders recorded them last; botfleet sync objects looks now. With --link each has a link that anyone may \
            open until it expires; of one file it is printed alone: botfleet objects NAME PATH --link.
            """)
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Option(
        help: ArgumentHelp(
            "Only these: screenshots, images, logs, json, folder or other.", valueName: "type"))
    var type: ResultObject.Kind?
    @Flag(help: "With a presigned link of each; needs AWS credentials.") var link = false
    @Option(
        help: ArgumentHelp("How long links live, 1s to 7d.", valueName: "span"), transform: PowerOptions.span)
    var expires: TimeSpan = .hours(1)
    @Option(help: ArgumentHelp("The fleet, where the database holds several.", valueName: "name")) var fleet: String?
    @Argument(help: ArgumentHelp("Only of this instance, as a tree.", valueName: "name")) var name: String?
    @Argument(help: ArgumentHelp("Only this file or folder of it.", valueName: "path")) var path: String?

    func validate() throws {
        guard (1...TimeSpan.days(7).seconds).contains(expires.seconds) else {
            throw ValidationError("--expires is 1s to 7d.")
        }
    }

    func run(in context: CommandContext) async throws -> ExitCode {
        let rows: [ObjectRow] = try await context.withSession(fleet: fleet, purpose: "botfleet objects") { session, _ in
            try await self.rows(session, context)
        }
        if let path, link, rows.count == 1, rows[0].path == path, let url = rows[0].link, format == .table {
            Terminal.write(url + "\n")
        } else if name != nil, format == .table {
            Terminal.write(ObjectTree.text(rows, in: context.list))
        } else {
            Terminal.write(ListView.list(rows, as: format, in: context.list))
            guard format == .table else { return .success }
            for row in rows { row.link.map { Terminal.write($0 + "\n") } }
        }
        return .success
    }

    private func rows(_ session: FleetSession, _ context: CommandContext) async throws -> [ObjectRow] {
        let (store, fleetID) = (session.context.store, session.context.fleetID)
        if let name { try await session.requireInstance(name) }
        var found = try await store.results(fleetID: fleetID, instance: name, kind: type)
        if let path {
            let all = found
            found = all.filter { $0.path.utf8.elementsEqual(path.utf8) }
            let folder = Array((path.hasSuffix("/") ? path : path + "/").utf8)
            if found.isEmpty { found = all.filter { $0.path.utf8.starts(with: folder) } }
            guard !found.isEmpty else {
                throw CommandFailure.notFound(kind: "object", name: path, among: all.map(\.path))
            }
        }
        let s3 = session.aws.s3()
        var rows: [ObjectRow] = []
        for object in found {
            let url =
                link && object.kind != .folder
                ? try await s3.presignedGet(
                    bucket: session.settings.aws.bucket, key: object.key.description,
                    expires: .seconds(expires.seconds), at: context.now) : nil
            rows.append(
                ObjectRow(
                    instance: object.instance, path: object.path, type: object.kind.rawValue, size: object.size,
                    lastModified: object.lastModified, link: url))
        }
        return rows
    }
}

extension ResultObject.Kind: ExpressibleByArgument {}
