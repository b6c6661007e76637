import ArgumentParser
import FleetModel
import FleetStore
import Foundation
import Views

/// What a list command gives: all rows, or the one whose name was asked for.
protocol ListCommand: FleetCommand {
    associatedtype Row: Listable
    /// What one of its things is called: `instance`.
    static var noun: String { get }
    var format: ListFormat { get }
    var name: String? { get }
    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) async throws -> [Row]
    /// A row's name, for `NAME`.
    static func name(of row: Row) -> String
}

extension ListCommand {
    func run(in context: CommandContext) async throws -> ExitCode {
        let rows: [Row] = try await context.withRecorded { store, recorded in
            try await self.rows(store, recorded, context)
        }
        guard let name else {
            Terminal.write(ListView.list(rows, as: format, in: context.list))
            return .success
        }
        guard let row = rows.first(where: { Self.name(of: $0) == name }) else {
            throw CommandFailure.notFound(kind: Self.noun, name: name, among: rows.map(Self.name(of:)))
        }
        Terminal.write(ListView.whole(row, as: format, in: context.list))
        return .success
    }
}

extension CommandContext {
    /// How lists are shown now.
    var list: ListContext { ListContext(now: now, style: style) }
    /// This machine's time, for ages in tables.
    var now: Instant { Instant(seconds: Int64(Date.now.timeIntervalSince1970)) }
}

extension RecordedState {
    /// The recorded values of a kind, in the order of their addresses.
    func values<Value: Decodable>(_ kind: Address.Kind, as type: Value.Type) throws -> [Value] {
        try definitions.filter { $0.key.kind == kind }.sorted { $0.key < $1.key }.map {
            try CanonicalJSON.decode(type, from: $0.value.json)
        }
    }
}
