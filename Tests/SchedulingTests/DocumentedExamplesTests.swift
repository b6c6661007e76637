import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import Scheduling

/// The examples of docs/schedules.md: each schedule there gives the starts and stops under it.
@Suite struct DocumentedExamplesTests {
    private static func page() throws -> [Substring] {
        let file = repositoryRoot.appending(path: "docs/schedules.md")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func everyExampleGivesTheStartsAndStopsThatThePageShows() throws {
        let examples = try DocumentedExample.all(of: Self.page())
        #expect(examples.count >= 9)
        for example in examples {
            let schedule = CompiledSchedule(example.schedule, in: try systemZones.zone(example.zone))
            #expect(
                try schedule.preview(example.from, example.until) == example.results, "example at line \(example.line)")
        }
    }

    @Test func everyYamlBlockOfThePageIsAnExample() throws {
        let page = try Self.page()
        #expect(page.count { $0 == "```yaml" } == (try DocumentedExample.all(of: page)).count)
    }
}
