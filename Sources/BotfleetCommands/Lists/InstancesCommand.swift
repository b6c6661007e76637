import AWSCloud
import ArgumentParser
import Diagnostics
import FleetModel
import FleetStore
import InstanceAgent
import Views

/// `botfleet instances`: every instance that is recorded.
struct InstancesCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "instances", abstract: "List instances; NAME shows one, and what its agent says.")
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(help: ArgumentHelp("Show this one whole.", valueName: "name")) var name: String?

    func run(in context: CommandContext) async throws -> ExitCode {
        let text: String = try await context.withRecorded { _, recorded in
            guard let name else {
                let rows = recorded.instances.values.sorted { NaturalOrder.precedes($0.name, $1.name) }
                return ListView.list(rows, as: format, in: context.list)
            }
            guard let row = recorded.instances[name] else {
                throw CommandFailure.notFound(kind: "instance", name: name, among: Array(recorded.instances.keys))
            }
            let agent = try await agent(of: name, recorded, context)
            return ListView.whole(InstanceDetail(row, agent: agent), as: format, in: context.list)
        }
        Terminal.write(text)
        return .success
    }

    /// What its agent says; where S3 can't be asked, what is recorded is shown all the same.
    private func agent(
        of name: String, _ recorded: RecordedState, _ context: CommandContext
    ) async throws -> [(name: String, value: JSONValue)] {
        guard let fleet = recorded.fleet, fleet.settings.revision > 0 else { return [] }
        let settings = try CanonicalJSON.decode(StoredSettings.self, from: fleet.settings.json).settings
        do {
            let object = try await context.aws(settings).s3().getObject(
                bucket: settings.aws.bucket, key: StatusDocument.key(instance: name),
                maximumSize: StatusDocument.maximumSize)
            guard let object, let status = StatusDocument(object.body) else { return [] }
            return status.fields
        } catch let error as AWSError {
            Terminal.writeError("what its agent says is not known: \(error.summary)")
            return []
        }
    }
}

extension StatusDocument {
    /// In the order in which they matter.
    fileprivate var fields: [(name: String, value: JSONValue)] {
        let text = { (value: String?) in value.map { JSONValue.string($0) } ?? .null }
        let number = { (value: Int?) in value.map { JSONValue.integer($0) } ?? .null }
        return [
            ("agent_bot", text(bot)), ("agent_error", text(error)), ("agent_params_version", number(version)),
            ("agent_last_exit", text(lastExit)), ("agent_last_exit_at", text(lastExitAt)),
            ("agent_restarts", number(restarts)), ("agent_last_upload_at", text(lastUploadAt)),
            ("agent_pending_uploads", number(pendingUploads)), ("agent_version", text(agent)),
            ("agent_updated_at", text(updatedAt)),
        ]
    }
}
