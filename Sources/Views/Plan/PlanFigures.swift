import FleetModel
import Planning

/// The lines that sum a plan up, the same in every form.
struct PlanFigures {
    let plan: Plan

    /// `Plan: 3 to create, 1 to update, 0 to replace, 0 to delete.`
    var summary: String {
        guard !plan.isEmpty else {
            return plan.drift.isEmpty
                ? "No changes. The fleet matches its files."
                : "No changes. The fleet matches its files, but for what was changed outside botfleet."
        }
        let sum = plan.summary
        return
            "Plan: \(sum.create) to create, \(sum.update) to update, \(sum.replace) to replace, \(sum.delete) to delete."
    }

    /// What the summary's words cover: `Among them 2 to start and 1 to adopt.`; nil where there is nothing to explain.
    var actions: String? {
        let words: [(Change.Action, String)] = [
            (.start, "to start"), (.stop, "to stop"), (.adopt, "to adopt"), (.restore, "to restore"),
        ]
        let parts = words.compactMap { action, word in
            let count = plan.changes.count { $0.action == action }
            return count > 0 ? "\(count) \(word)" : nil
        }
        guard !parts.isEmpty else { return nil }
        return "Among them \(Wording.list(parts))."
    }

    /// `commit 0123456789ab, with uncommitted changes`; nil outside git. `shown` makes the commit's digits harmless.
    func commit(_ shown: (String) -> String = SafeText.line) -> String? {
        guard let commit = plan.commit else { return plan.dirty ? "uncommitted files" : nil }
        return "commit \(shown(String(commit.prefix(12))))\(plan.dirty ? ", with uncommitted changes" : "")"
    }

    /// `Running hours a week: 150 → 195 (+45)`.
    var hours: String {
        "Running hours a week: \(pair(plan.runningHoursPerWeek, Wording.figure))"
    }

    /// `Cost a week: $6.84 → $8.89 (+$2.05)`; nil where no price is given.
    var cost: String? {
        plan.costPerWeek.map { "Cost a week: \(pair($0, Wording.dollars)), by the prices in fleet.yaml" }
    }

    /// That only a part was planned; nil for a whole plan.
    var restriction: String? {
        guard !plan.targets.isEmpty else { return nil }
        let names = plan.targets.prefix(8).map { SafeText.line($0.description) }.joined(separator: ", ")
        return
            "Only a part of the fleet was planned: \(names)\(plan.targets.count > 8 ? ", …" : "") and what they need."
    }

    private func pair(_ figures: Plan.BeforeAfter, _ text: (Double) -> String) -> String {
        let before = text(figures.before)
        let after = text(figures.after)
        guard before != after else { return "\(after), as before" }
        let difference = text(figures.after - figures.before)
        return "\(before) → \(after) (\(difference.hasPrefix("-") ? "" : "+")\(difference))"
    }
}
