import FleetModel
import FleetTestSupport
import Planning
import Testing

@testable import Views

@Suite struct PlanJSONTests {
    @Test func planHasExactlyTheManualsKeys() throws {
        let value = try CanonicalJSON.decode(JSONValue.self, from: PlanJSON.render(Samples.everything))
        #expect(
            keys(value) == [
                "changes", "commit", "cost_per_week", "created_at", "dirty", "drift", "fingerprint", "fleet",
                "format_version", "notes", "running_hours_per_week", "summary",
            ])
        guard case .array(let changes)? = value["changes"] else { throw Missing() }
        #expect(changes.count == Samples.everything.changes.count)
        for change in changes {
            #expect(keys(change) == ["action", "address", "after", "before", "in", "location", "reason"])
        }
        #expect(keys(value["summary"] ?? .null) == ["create", "delete", "replace", "update"])
        #expect(value["summary"]?["create"] == 3)
        #expect(value["cost_per_week"]?["after"] == .number(8.892))
    }

    @Test func absentValuesAreNull() throws {
        let plan = Samples.plan([Samples.create("a-1")], commit: nil)
        let value = try CanonicalJSON.decode(JSONValue.self, from: PlanJSON.render(plan))
        #expect(value["commit"] == .null && value["cost_per_week"] == .null)
        #expect(value["changes"] != nil)
    }

    @Test func prettyAndCompactSayTheSame() throws {
        let pretty = PlanJSON.render(Samples.everything)
        let compact = PlanJSON.render(Samples.everything, pretty: false)
        #expect(compact.split(separator: "\n").count == 1)
        #expect(
            try CanonicalJSON.decode(JSONValue.self, from: pretty)
                == CanonicalJSON.decode(JSONValue.self, from: compact))
    }

    @Test func keysAreSortedAndTheTextIsStable() throws {
        let text = PlanJSON.render(Samples.everything, pretty: false)
        let again = try CanonicalJSON.encode(CanonicalJSON.decode(JSONValue.self, from: text))
        #expect(text == again + "\n")
    }

    @Test func planIsGolden() { expectGolden(PlanJSON.render(Samples.everything), "plan-json") }

    private struct Missing: Error {}

    private func keys(_ value: JSONValue) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.keys.sorted()
    }
}
