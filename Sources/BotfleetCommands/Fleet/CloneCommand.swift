import ArgumentParser
import Diagnostics
import FleetFiles
import FleetModel
import Foundation
import Reconciling

/// `botfleet clone`: a deployment's file under another name.
struct CloneCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone", abstract: "Write a new deployment file like another's.",
        discussion: """
            The document is copied as it is written, comments within it too, with the new name, to fleet/deployments/NAME.yaml. Edit it, \
            commit it, and plan says what it brings.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("What is copied.", valueName: "deployment")) var deployment: String
    @Argument(help: ArgumentHelp("What the copy is called.", valueName: "name")) var name: String

    func run(in context: CommandContext) async throws -> ExitCode {
        try context.requireZones()
        let loader = context.loader
        let before = loader.files()
        guard let repository = before.repository else {
            context.show(before.diagnostics)
            return .failure
        }
        guard let original = repository.deployments.first(where: { $0.value.name == deployment }) else {
            throw CommandFailure.notFound(
                kind: "deployment", name: deployment, among: repository.deployments.map(\.value.name))
        }
        guard Name.isValid(name) else { throw CommandFailure.badDeploymentName(name) }
        guard !repository.deployments.contains(where: { $0.value.name == name }) else {
            throw CommandFailure.deploymentExists(name)
        }
        let folder = URL(fileURLWithPath: context.folder, isDirectory: true)
        let source = folder.appending(path: original.location.file)
        let path = "fleet/deployments/\(name).yaml"
        let target = folder.appending(path: path)
        guard !FileManager.default.fileExists(atPath: target.path) else { throw CommandFailure.fileExists(path) }
        do {
            let bytes = try WholeFile.read(source.path, limit: CloneCommand.limit)
            guard let text = DocumentCopy.text(of: original, in: String(decoding: bytes, as: UTF8.self), as: name)
            else {
                throw CommandFailure.notCopied(deployment, file: original.location.file)
            }
            try WholeFile.create(target.path, with: Data(text.utf8), mode: 0o666)
        } catch let failure as WholeFile.Failure {
            throw CommandFailure.unwritable(path: path, reason: failure.reason)
        }
        // Two deployments may collide in the names of their instances; such a file is not left behind.
        let known = Set(before.diagnostics)
        let new = loader.files().diagnostics.filter { !known.contains($0) }
        guard !new.hasErrors else {
            unlink(target.path)
            context.show(new)
            Terminal.writeError("\(path) was not written: it would not be valid")
            return .failure
        }
        Terminal.writeLine("wrote \(path)")
        return .success
    }

    /// No document is that long.
    private static let limit = 4 << 20
}
