/// The text of a multi-row INSERT that changes the rows that are there, and counts the changes that matter.
struct Upsert: Sendable {
    /// Everything before the rows.
    let head: String
    /// Everything after the rows.
    let tail: String

    /// An upsert of columns, in the order in which rows give their values.
    ///
    /// `keys` identify a row and are not changed. `counted` are those of `values` whose change makes `revision` grow;
    /// `alsoSame` is a further condition under which it does not. nil for tables without a revision. `kept` names, for a
    /// column, the condition under which a row keeps the value that it has.
    /// `once` are the last columns, which a row that is there keeps.
    /// `before` are assignments that come first, and so see the old values.
    /// Assignments run from left to right, so what compares old with new comes before what assigns. The reading of a new
    /// value is VALUES(column): MySQL calls it old, and it is the only form that MariaDB has too.
    init(
        _ table: String, keys: [String], values: [String], counted: [String]?, alsoSame: String? = nil,
        kept: [String: String] = [:], once: [String] = [], before: [String] = []
    ) {
        head = "INSERT INTO \(table) (\((keys + values + once).joined(separator: ", "))) VALUES"
        var assignments = values.map { column in
            kept[column].map { "\(column) = IF(\($0), \(column), VALUES(\(column)))" }
                ?? "\(column) = VALUES(\(column))"
        }
        if let counted {
            let conditions = counted.map(Self.same) + (alsoSame.map { [$0] } ?? [])
            assignments.insert(
                contentsOf: [
                    "updated_at = IF(\(values.map(Self.same).joined(separator: " AND ")), updated_at, UTC_TIMESTAMP(6))",
                    "revision = revision + IF(\(conditions.joined(separator: " AND ")), 0, 1)",
                ], at: 0)
        }
        assignments.insert(contentsOf: before, at: 0)
        tail = "ON DUPLICATE KEY UPDATE \(assignments.joined(separator: ", "))"
    }

    private static func same(_ column: String) -> String { "\(column) <=> VALUES(\(column))" }
}

extension Upsert {
    static let regions = Upsert("regions", keys: ["fleet_id", "name"], values: ["definition"], counted: ["definition"])

    static let users = Upsert(
        "users", keys: ["fleet_id", "email"], values: ["status", "region", "definition"], counted: ["definition"])

    static let schedules = Upsert(
        "schedules", keys: ["fleet_id", "name"], values: ["definition"], counted: ["definition"])

    static let bots = Upsert(
        "bots", keys: ["fleet_id", "name"], values: ["source", "path", "commit_id", "definition"],
        counted: ["definition"])

    static let bundles = Upsert(
        "bundles", keys: ["fleet_id", "bot"], values: ["bundle_key", "content_digest", "digest", "size"],
        counted: ["bundle_key", "content_digest", "digest"])

    static let deployments = Upsert(
        "deployments", keys: ["fleet_id", "name"],
        values: [
            "user_email", "bot", "region", "schedule", "instance_count", "protect", "definition", "cursor_at",
            "next_transition_at",
        ], counted: ["region", "definition"])

    /// The same rows, where the cursor does not move.
    static let deploymentsInPlace = Upsert(
        "deployments", keys: ["fleet_id", "name"],
        values: ["user_email", "bot", "region", "schedule", "instance_count", "protect", "definition"],
        counted: ["region", "definition"], once: ["cursor_at", "next_transition_at"])

    static let securityGroups = Upsert(
        "security_groups", keys: ["fleet_id", "region", "user_email"], values: ["group_id", "definition"],
        counted: ["group_id", "definition"])

    static let keyPairs = Upsert(
        "key_pairs", keys: ["fleet_id", "region", "user_email"], values: ["key_name", "definition"],
        counted: ["key_name", "definition"])

    /// What a plan manages counts; what a schedule explains, addresses, times and counters do not. Among states the step
    /// between planned, alive, terminating, terminated and lost counts.
    static let instances = Upsert(
        "instances", keys: ["fleet_id", "name"], values: InstanceRow.writtenColumns,
        counted: [
            "deployment", "managed", "region", "user_email", "bot", "spec", "generation", "instance_id", "client_token",
            "instance_type", "storage_gb", "image_id", "key_name", "params_version", "params_digest",
        ],
        alsoSame: "(state = VALUES(state) OR (state IN (\(alive)) AND VALUES(state) IN (\(alive))))",
        // What it had written by then is listed soon.
        before: ["objects_due_at = IF(\(same("state")), objects_due_at, UTC_TIMESTAMP(6))"])

    private static let alive = "'launching', 'running', 'stopping', 'stopped'"

    static let grants = Upsert(
        "user_grants", keys: ["fleet_id", "user_email", "source"], values: ["until_at"], counted: nil)

    static let overrides = Upsert(
        "power_overrides", keys: ["fleet_id", "instance"], values: ["state", "until_at", "author"], counted: nil)

    static let sessions = Upsert(
        "sessions", keys: ["fleet_id", "instance", "scheduled_for", "action"],
        values: [
            "deployment", "user_email", "executed_at", "outcome", "attempts", "source", "error", "called_at",
            "next_attempt_at", "apply_id",
        ],
        counted: nil,
        // What has ended stays ended: a late word about a try can't bring it back.
        kept: ["outcome": "outcome <> 'pending' AND VALUES(outcome) = 'pending'"])
}
