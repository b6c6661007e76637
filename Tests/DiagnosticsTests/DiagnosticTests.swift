import Diagnostics
import Foundation
import Testing

@Suite struct DiagnosticTests {
    private let place = Diagnostics.SourceLocation(file: "fleet/deployments/linkedin.yaml", line: 7, column: 3)

    @Test func aDiagnosticReadsAsTheSpecificationShowsIt() {
        let error = Diagnostic.error(place, "unknown key 'shedule' (did you mean 'schedule'?)")
        #expect(
            error.description
                == "fleet/deployments/linkedin.yaml:7:3: error: unknown key 'shedule' (did you mean 'schedule'?)")
        #expect(Diagnostic.warning(place, "w").description == "fleet/deployments/linkedin.yaml:7:3: warning: w")
        #expect(Diagnostic(.note, place, "n").description == "fleet/deployments/linkedin.yaml:7:3: note: n")
    }

    @Test func diagnosticsAreOrderedByPlaceThenSeverityThenText() {
        let later = Diagnostics.SourceLocation(file: place.file, line: 7, column: 4)
        let sorted = [
            Diagnostic.error(Diagnostics.SourceLocation(file: "bots/x.yaml", line: 99, column: 1), "z"),
            .error(place, "a"),
            .error(place, "b"), .warning(place, "a"), Diagnostic(.note, place, "a"), .error(later, "a"),
        ]
        for _ in 0..<20 { #expect(sorted.shuffled().sorted() == sorted) }
    }

    @Test func onlyErrorsMakeAReportFail() {
        #expect(![Diagnostic]().hasErrors)
        #expect(![Diagnostic.warning(place, "w"), Diagnostic(.note, place, "n")].hasErrors)
        #expect([Diagnostic.warning(place, "w"), .error(place, "e")].hasErrors)
    }

    @Test func editorsGetTheSameThingAsJSON() throws {
        let error = Diagnostic.error(place, "m")
        let data = try JSONEncoder().encode(error)
        #expect(try JSONDecoder().decode(Diagnostic.self, from: data) == error)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["severity"] as? String == "error" && object["message"] as? String == "m")
        let location = try #require(object["location"] as? [String: Any])
        #expect(location["line"] as? Int == 7 && location["column"] as? Int == 3)
    }
}
