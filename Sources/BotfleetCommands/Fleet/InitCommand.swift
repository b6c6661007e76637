import ArgumentParser
import Diagnostics
import FleetFiles
import FleetModel
import Foundation

/// `botfleet init`: a new fleet repository that validates.
struct InitCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a new, small fleet repository that validates.",
        discussion: "The folder's name becomes the fleet's name. Nothing that exists is overwritten.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("Where; it is made if it is not there.", valueName: "dir"))
    var directory: String = "."

    func run(in context: CommandContext) async throws -> ExitCode {
        let base = URL(fileURLWithPath: context.folder, isDirectory: true)
        let folder = URL(fileURLWithPath: directory, isDirectory: true, relativeTo: base).standardizedFileURL
        let name = folder.lastPathComponent.lowercased()
        guard Name.isValid(name) else { throw CommandFailure.badFleetName(name) }
        let files = FleetTemplate.files(fleetName: name)
        let paths = files.map { folder.appendingPathComponent($0.path) }
        // Looked at before anything is written: all of it, or nothing.
        if let taken = paths.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
            throw CommandFailure.fileExists(taken.relativePath)
        }
        for (file, url) in zip(files, paths) {
            do {
                try WholeFile.makeFolder(url.deletingLastPathComponent().path)
                try WholeFile.create(url.path, with: Data(file.text.utf8), mode: file.isExecutable ? 0o777 : 0o666)
            } catch let failure as WholeFile.Failure {
                throw CommandFailure.unwritable(path: url.path, reason: failure.reason)
            }
            Terminal.writeLine("wrote \(file.path)")
        }
        Terminal.writeError(
            """

            Fleet '\(name)' is ready to edit. Next:
              botfleet -C \(directory) validate
              botfleet -C \(directory) doctor
              botfleet -C \(directory) plan
            """)
        return .success
    }
}
