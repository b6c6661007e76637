import FleetModel
import Planning

/// A plan for people at a terminal; it reads like Terraform's (SPEC 4).
///
/// Signs: `+` creates or restores, `~` updates in place, starts, stops or adopts, `-` deletes, `-/+` replaces. What was changed in AWS by
/// hand stands first, apart; equal changes of more than five instances of a deployment are shown once; the summary is the last line.
public enum PlanText {
    /// The whole plan as text.
    public static func render(_ plan: Plan, style: Style = .plain) -> String {
        let body = PlanBody(plan: plan, width: style.width)
        let figures = PlanFigures(plan: plan)
        var sections: [String] = []
        if !plan.drift.isEmpty {
            sections.append(heading("Changed outside botfleet", " (as applied → as AWS has it now):", style))
            sections += body.drift.map { block($0, style) }
        }
        if !plan.changes.isEmpty {
            let source = figures.commit().map { " at \($0)" } ?? ""
            sections.append(
                heading(
                    "Fleet \(SafeText.line(plan.fleet))\(source)", ", what an apply would do:\n\(legend(plan, style))",
                    style))
            sections += body.changes.map { block($0, style) }
        }
        if !plan.upcoming.isEmpty {
            let lines = UpcomingText.lines(plan.upcoming)
            sections.append(
                heading(
                    "Starts and stops of the next 7 days", ", local times:\n\(lines.joined(separator: "\n"))", style))
        }
        if !plan.notes.isEmpty {
            sections.append(heading("Notes", ":\n\(body.notes.map { "  - \($0)" }.joined(separator: "\n"))", style))
        }
        sections.append(closing(figures, style))
        return sections.joined(separator: "\n\n") + "\n"
    }

    private static func closing(_ figures: PlanFigures, _ style: Style) -> String {
        var lines: [String] = []
        if !figures.plan.isEmpty {
            lines = [figures.hours, figures.cost, figures.actions].compactMap(\.self)
        }
        if let restriction = figures.restriction { lines.append(style.paint(restriction, .careful)) }
        lines.append(style.paint(figures.summary, figures.plan.isEmpty ? .good : .strong))
        return lines.joined(separator: "\n")
    }

    /// The signs that this plan uses, each with what it stands for here.
    private static func legend(_ plan: Plan, _ style: Style) -> String {
        let used = Set(plan.changes.map(\.action))
        let signs: [BodyLine.Sign] = [.add, .change, .replace, .remove]
        return signs.compactMap { sign in
            let meanings = Change.Action.allCases.filter { used.contains($0) && $0.sign == sign }.map(\.meaning)
            guard !meanings.isEmpty else { return nil }
            return BodyLine(sign: sign, depth: 0, text: Wording.list(meanings, "or")).laidOut(style)
        }.joined(separator: "\n")
    }

    private static func heading(_ title: String, _ rest: String, _ style: Style) -> String {
        style.paint(title, .strong) + rest
    }

    private static func block(_ lines: [BodyLine], _ style: Style) -> String {
        lines.map { $0.laidOut(style) }.joined(separator: "\n")
    }
}
