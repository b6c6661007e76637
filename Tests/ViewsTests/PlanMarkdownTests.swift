import FleetModel
import FleetTestSupport
import Planning
import Testing

@testable import Views

@Suite struct PlanMarkdownTests {
    @Test func everythingIsFoldedBelowTheSummary() {
        expectGolden(PlanMarkdown.render(Samples.everything), "plan-markdown")
    }

    @Test func emptyPlanIsTwoLinesAndItsCommit() {
        #expect(
            PlanMarkdown.render(Samples.plan([])) == """
                ### botfleet plan for `acme`

                **No changes. The fleet matches its files.**

                - commit `0123456789ab`

                """)
    }

    @Test func hostileValuesBreakOutOfNothing() {
        let value = JSONValue.string(Samples.hostile)
        let name = "`` </details> @everyone"
        let change = Change(
            address: Address(.instance, name), action: .create, systems: [.aws], reason: Samples.hostile,
            after: .object(["````\n````": value]))
        var plan = Samples.plan(
            [change], notes: [PlanNote(.bot(name), Samples.hostile)], commit: "``<b>",
            options: PlanOptions(targets: [.bot("`x`")]))
        plan.fleet = "a`b<script>"
        let text = PlanMarkdown.render(plan)
        #expect(isHarmless(text))
        let outside = outsideOfCode(text)
        #expect(!outside.contains("<script>") && !outside.contains("@everyone") && !outside.contains("<b>"))
        #expect(outside.ranges(of: "</details>").count == 2)
        #expect(outside.ranges(of: "<details>").count == 2)
    }

    @Test func signsStandFirstInTheDiff() {
        let text = PlanMarkdown.render(Samples.everything)
        #expect(text.contains("\n+   instance \"linkedin-watch-2\" {"))
        #expect(text.contains("\n!   instance \"linkedin-watch-1\" {"))
        #expect(text.contains("\n! -/+ instance \"linkedin-watch-3\" {"))
        #expect(text.contains("\n-   instance \"old-1\" {"))
    }

    @Test func longPlanIsCutWithItsFencesClosed() {
        let changes = (1...2_000).map { Samples.create("d\($0)-1") }
        let text = PlanMarkdown.render(Samples.plan(changes), limit: 10_000)
        #expect(text.utf8.count < 11_000)
        #expect(text.contains(#/… and \d+ lines more\n```\n\n<\/details>/#))
        #expect(text.contains("**Plan: 2000 to create"))
    }

    @Test(arguments: [
        ("plain", "`plain`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "`  `"), ("a\nb", "`a\\nb`"),
    ])
    func codeSpansHoldAnyText(text: String, expected: String) { #expect(MarkdownText.code(text) == expected) }

    /// What is read as Markdown: all but fenced blocks and code spans, found as CommonMark finds them.
    private func outsideOfCode(_ text: String) -> String {
        var result = ""
        var fence: Substring?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = fence {
                if line.hasPrefix(open), line.drop(while: { $0 == "`" }).isEmpty { fence = nil }
            } else if line.hasPrefix("```") {
                fence = line.prefix { $0 == "`" }
            } else {
                result += line.replacing(#/(`+)(?!`).*?[^`]\1(?!`)/#, with: "") + "\n"
            }
        }
        #expect(fence == nil)
        return result
    }
}
