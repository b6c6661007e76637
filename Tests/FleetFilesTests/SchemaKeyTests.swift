import Foundation
import Testing

@testable import FleetFiles

/// The schemas know exactly the keys that are read.
@Suite struct SchemaKeyTests {
    /// The `properties` of a schema, of its items where it is a list.
    private func keys(of kind: String) throws -> Set<String> {
        let text = try #require(FleetSchemas.schema(named: kind))
        let schema = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let entry = schema["items"] as? [String: Any] ?? schema
        return Set(try #require(entry["properties"] as? [String: Any]).keys)
    }

    @Test func schemasHaveTheKeysThatAreRead() throws {
        let kinds: [(String, [StaticString])] = [
            ("fleet", SettingsReader.keys), ("regions", RegionReader.keys), ("users", UserReader.keys),
            ("deployment", DeploymentReader.keys), ("bots", BotReader.keys), ("schedule", ScheduleReader.keys),
        ]
        for (kind, read) in kinds { #expect(try keys(of: kind) == Set(read.map { "\($0)" }), "\(kind)") }
    }

    @Test func schemaKnowsTheDutiesThatAreRead() throws {
        let text = try #require(FleetSchemas.schema(named: "fleet"))
        for duty in SettingsReader.dutyNames { #expect(text.contains("\"\(duty)\"")) }
    }
}
