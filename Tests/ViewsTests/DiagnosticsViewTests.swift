import Diagnostics
import FleetModel
import FleetTestSupport
import Testing

@testable import Views

@Suite struct DiagnosticsViewTests {
    private let found = [
        Diagnostic.error(
            SourceLocation(file: "fleet/deployments/linkedin.yaml", line: 7, column: 3),
            "unknown key 'shedule' (did you mean 'schedule'?)"),
        Diagnostic.error(
            SourceLocation(file: "fleet/deployments/linkedin.yaml", line: 9, column: 6),
            "no bot is named 'linkedin-trak'"),
        Diagnostic.warning(
            SourceLocation(file: "fleet/fleet.yaml", line: 2, column: 1), "instances have no instance profile"),
    ]

    @Test func eachIsALineAndTheLastCountsThem() {
        #expect(
            DiagnosticsView.text(found) == """
                fleet/deployments/linkedin.yaml:7:3: error: unknown key 'shedule' (did you mean 'schedule'?)
                fleet/deployments/linkedin.yaml:9:6: error: no bot is named 'linkedin-trak'
                fleet/fleet.yaml:2:1: warning: instances have no instance profile
                2 errors, 1 warning

                """)
    }

    @Test func noneIsNothing() {
        #expect(DiagnosticsView.text([]) == "")
        #expect(DiagnosticsView.totals([]) == "")
        #expect(DiagnosticsView.json([]) == "[]\n")
    }

    @Test func sourceLinesAndCaretsFollowWhereLinesAreGiven() {
        let lines = ["  shedule: office-hours", "bot: linkedin-trak"]
        let text = DiagnosticsView.text(found, style: Style(color: true, width: 80)) { place in
            place.file.hasSuffix("linkedin.yaml") ? lines[place.line == 7 ? 0 : 1] : nil
        }
        expectGolden(text, "diagnostics-colour")
    }

    @Test func jsonHasTheKeysThatEditorsRead() throws {
        let value = try CanonicalJSON.decode([JSONValue].self, from: DiagnosticsView.json(found))
        #expect(
            value.first == [
                "file": "fleet/deployments/linkedin.yaml", "line": 7, "column": 3, "severity": "error",
                "message": "unknown key 'shedule' (did you mean 'schedule'?)",
            ])
        #expect(value.count == 3 && value.last?["severity"] == "warning")
    }

    @Test(arguments: [
        ("key: value", 6, "    key: value\n         ^"),
        ("\tkey", 2, "        key\n        ^"),
        ("ab\tkey", 4, "    ab  key\n        ^"),
        ("漢字: x", 5, "    漢字: x\n          ^"),
        ("e\u{301}: x", 3, "    e\u{301}: x\n     ^"),
        ("name: 😀 x", 9, "    name: 😀 x\n             ^"),
        ("a\u{0}b", 3, "    a\\u{0}b\n          ^"),
        ("a\u{202E}b", 3, "    a\\u{202e}b\n             ^"),
        ("", 1, "    \n    ^"),
        ("abc", 4, "    abc\n       ^"),
        ("abc", 99, "    abc\n       ^"),
        ("abc", 0, "    abc\n    ^"),
    ])
    func caretStandsBelowTheScalarThatTheColumnCounts(line: String, column: Int, expected: String) {
        let diagnostic = Diagnostic.error(SourceLocation(file: "f", line: 1, column: column), "m")
        let text = DiagnosticsView.text([diagnostic]) { _ in line }
        #expect(text == "f:1:\(column): error: m\n\(expected)\n1 error\n")
    }

    @Test(arguments: [1, 30, 500, 5_000, 999_999])
    func longLinesAreCutAroundTheCaret(column: Int) {
        let line = String(repeating: "x", count: column - 1) + "!" + String(repeating: "y", count: 1_000)
        let diagnostic = Diagnostic.error(SourceLocation(file: "f", line: 1, column: column), "m")
        let lines = DiagnosticsView.text([diagnostic], style: Style(color: false, width: 80)) { _ in line }.split(
            separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].count <= 80)
        #expect(Array(lines[1])[lines[2].count - 1] == "!")
    }

    @Test func hostileMessagesReachNoTerminal() {
        let diagnostic = Diagnostic.error(SourceLocation(file: Samples.hostile), Samples.hostile)
        #expect(isHarmless(DiagnosticsView.text([diagnostic]) { _ in Samples.hostile }))
        #expect(isHarmless(DiagnosticsView.json([diagnostic])))
    }
}
