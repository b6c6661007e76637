import FleetModel
import Planning

/// A plan for programs: the keys of SPEC 4 and no others, nulls explicit, keys sorted.
///
/// A plan file that `apply` reads is another thing: it holds fingerprints and options too.
public enum PlanJSON {
    /// The whole plan, indented or in one line.
    public static func render(_ plan: Plan, pretty: Bool = true) -> String {
        JSONText.render(value(plan), pretty: pretty)
    }

    private static func value(_ plan: Plan) -> JSONValue {
        [
            "format_version": .integer(plan.formatVersion), "fleet": .string(plan.fleet), "commit": text(plan.commit),
            "dirty": .boolean(plan.dirty), "created_at": .string(plan.createdAt.description),
            "fingerprint": .string(plan.fingerprint), "changes": .array(plan.changes.map(value)),
            "drift": .array(plan.drift.map(value)), "notes": .array(plan.notes.map(value)),
            "summary": [
                "create": .integer(plan.summary.create), "update": .integer(plan.summary.update),
                "replace": .integer(plan.summary.replace), "delete": .integer(plan.summary.delete),
            ],
            "running_hours_per_week": value(plan.runningHoursPerWeek),
            "cost_per_week": plan.costPerWeek.map(value) ?? .null,
        ]
    }

    private static func value(_ change: Change) -> JSONValue {
        [
            "address": .string(change.address.description), "action": .string(change.action.rawValue),
            "in": .array(change.systems.map { .string($0.rawValue) }), "reason": .string(change.reason),
            "location": text(change.location), "before": change.before ?? .null, "after": change.after ?? .null,
        ]
    }

    private static func value(_ drift: Drift) -> JSONValue {
        [
            "address": .string(drift.address.description), "attribute": .string(drift.attribute),
            "recorded": drift.recorded, "observed": drift.observed, "fixed": .boolean(drift.fixed),
            "location": text(drift.location),
        ]
    }

    private static func value(_ note: PlanNote) -> JSONValue {
        ["address": text(note.address?.description), "message": .string(note.message)]
    }

    private static func value(_ figures: Plan.BeforeAfter) -> JSONValue {
        ["before": .number(figures.before), "after": .number(figures.after)]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
