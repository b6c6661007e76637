import FleetModel
import Planning

/// A plan as a comment on a pull request: the summary first, the rest folded away.
public enum PlanMarkdown {
    /// The whole plan as GitHub's Markdown.
    ///
    /// `limit` is the most bytes that changes, drift, starts and notes take together, the fences apart: GitHub refuses comments over 65,536
    /// characters. What is cut says how many lines it was.
    public static func render(_ plan: Plan, limit: Int = 60_000) -> String {
        let body = PlanBody(plan: plan, width: 120)
        let figures = PlanFigures(plan: plan)
        var text = "### botfleet plan for \(MarkdownText.code(plan.fleet))\n\n**\(figures.summary)**\n\n"
        let commit = figures.commit(MarkdownText.code)
        let facts = plan.isEmpty ? [commit] : [commit, figures.hours, figures.cost, figures.actions]
        for fact in facts.compactMap(\.self) { text += "- \(fact)\n" }
        if !plan.targets.isEmpty {
            let names = plan.targets.prefix(8).map { MarkdownText.code($0.description) }.joined(separator: ", ")
            text += "- only a part of the fleet was planned: \(names)\(plan.targets.count > 8 ? ", …" : "")\n"
        }
        text += folded(Wording.count(plan.changes.count, "change"), diff(body.changes), "diff", limit / 2)
        text += folded("Changed outside botfleet: \(plan.drift.count)", diff(body.drift), "diff", limit / 6)
        text += folded("Starts and stops of the next 7 days", UpcomingText.lines(plan.upcoming), "text", limit / 6)
        text += folded(Wording.count(plan.notes.count, "note"), body.notes, "text", limit / 6)
        return text
    }

    private static func diff(_ blocks: [[BodyLine]]) -> [String] {
        Array(blocks.map { $0.map(\.inDiff) }.joined(separator: [""]))
    }

    private static func folded(_ title: String, _ lines: [String], _ language: String, _ limit: Int) -> String {
        guard !lines.isEmpty else { return "" }
        var kept: [String] = []
        var bytes = 0
        for line in lines {
            bytes += line.utf8.count + 1
            guard bytes <= limit else { break }
            kept.append(line)
        }
        if kept.count < lines.count { kept.append("… and \(Wording.count(lines.count - kept.count, "line")) more") }
        return "\n<details><summary>\(title)</summary>\n\n\(MarkdownText.fenced(kept, language))\n</details>\n"
    }
}
