import ArgumentParser
import Diagnostics
import FleetFiles

/// `botfleet schema`: the JSON Schema of a file kind, for editors.
struct SchemaCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a file kind, for editors.",
        discussion: "Kinds: \(FleetSchemas.names.joined(separator: ", ")). "
            + "docs/editors.md shows how editors take them.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The kind of file.", valueName: "name"))
    var name: String

    func run(in context: CommandContext) async throws -> ExitCode {
        guard let schema = FleetSchemas.schema(named: name) else {
            throw CommandFailure.unknownSchema(name, names: FleetSchemas.names)
        }
        Terminal.writeLine(schema)
        return .success
    }
}
