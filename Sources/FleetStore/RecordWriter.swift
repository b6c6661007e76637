import FleetModel
import LibMySQL

/// Writes passes of changes within a transaction, each kind in as few statements as it takes.
///
/// Everything here may run twice: rows are put and not added, and an event carries its write's token.
struct RecordWriter: Sendable {
    let transaction: MySQLTransaction
    let fleetID: Int64
    /// Names this write; its events are told from others' by it.
    let token: String

    /// Writes a pass. `firstEvent` is the number of its first event within the write.
    func write(_ pass: EncodedPass, firstEvent: Int) async throws {
        try await writeFleet(pass)
        for put in pass.puts {
            try await referring {
                try await transaction.insert(put.upsert.head, rows: put.rows, put.upsert.tail)
            }
        }
        try await bringForward(pass.movedDeployments)
        try await writeSteps(pass)
        try await clearOverrides(pass.clearedOverrides)
        for deletion in pass.deletions { try await delete(deletion) }
        try await writeEvents(pass.events, first: firstEvent)
        for apply in pass.finishedApplies {
            try await transaction.execute(
                "UPDATE applies SET outcome = ?, error = ?, finished_at = UTC_TIMESTAMP(6) WHERE fleet_id = ? AND id = ?",
                [
                    .string(apply.outcome.rawValue), MySQLValue(apply.error.map(ErrorText.clipped)), .int(fleetID),
                    .int(apply.id),
                ])
        }
    }

    /// Makes sure, last of all, that leases are still held. The rows are written and not only read, so that they stay
    /// locked until COMMIT, and so that in a cluster a taking on another node and this write cannot both succeed.
    func requireLeases(_ leases: [Lease]) async throws {
        for batch in leases.batches(of: MultiRowInsert.rowsPerStatement) {
            try await requireSome(batch)
        }
    }

    private func requireSome(_ leases: [Lease]) async throws {
        let ours = FleetStore.stillOurs(leases)
        let kept = try await transaction.execute(
            "UPDATE leases SET writes = writes + 1 WHERE \(ours.condition)", ours.arguments
        ).affectedRows
        guard kept != leases.count else { return }
        let left = try await transaction.query("SELECT name FROM leases WHERE \(ours.condition)", ours.arguments) {
            row throws(MySQLError) in try row.get(0) as String
        }
        let lost = leases.first { !left.contains($0.name) }?.name ?? "?"
        throw StoreError(
            .leaseLost, "the lease '\(lost)' ran out or was taken by another; nothing was written",
            hint: "another process goes on from here; run the command again when it has ended", lease: lost)
    }

    // MARK: Kinds

    private func writeFleet(_ pass: EncodedPass) async throws {
        if let settings = pass.settings {
            try await transaction.execute(
                "UPDATE fleets SET revision = revision + IF(settings <=> ?, 0, 1), settings = ?, "
                    + "updated_at = UTC_TIMESTAMP(6) WHERE id = ?",
                [.string(settings), .string(settings), .int(fleetID)])
        }
        if let account = pass.account {
            try await transaction.execute(
                "UPDATE fleets SET account_id = ? WHERE id = ?", [.string(account), .int(fleetID)])
        }
        if let commit = pass.appliedCommit {
            try await transaction.execute(
                "UPDATE fleets SET last_applied_commit = ? WHERE id = ?", [.string(commit), .int(fleetID)])
        }
    }

    /// Has deployments looked at when an override of theirs ends, where that comes before the schedule's own transition.
    private func bringForward(_ deployments: [String]) async throws {
        try await inBatches(deployments) { batch in
            try await transaction.execute(
                "UPDATE deployments d JOIN (SELECT i.deployment, MIN(o.until_at) AS ends FROM power_overrides o "
                    + "JOIN instances i ON i.fleet_id = o.fleet_id AND i.name = o.instance WHERE o.fleet_id = ? "
                    + "AND i.deployment IN (\(MultiRowInsert.list(batch.count))) GROUP BY i.deployment) x "
                    + "ON x.deployment = d.name SET d.next_transition_at = LEAST(COALESCE(d.next_transition_at, x.ends), x.ends) "
                    + "WHERE d.fleet_id = ? AND x.ends IS NOT NULL AND x.ends > d.cursor_at",
                [.int(fleetID)] + batch.map { .string($0) } + [.int(fleetID)])
        }
    }

    private func writeSteps(_ pass: EncodedPass) async throws {
        try await referring {
            try await transaction.insert(
                "INSERT INTO steps (fleet_id, id, apply_id, address, action, region, request, client_token, outcome, "
                    + "result, error) VALUES", rows: pass.openedSteps, "ON DUPLICATE KEY UPDATE id = VALUES(id)")
        }
        let size = 200
        for batch in pass.settledSteps.batches(of: size) {
            try await settle(batch)
        }
    }

    private func settle(_ steps: [RecordPass.SettledStep]) async throws {
        let cases = repeatElement("WHEN ? THEN ?", count: steps.count).joined(separator: " ")
        var arguments = steps.flatMap { [MySQLValue.string($0.id), .string($0.outcome.rawValue)] }
        arguments += steps.flatMap { [.string($0.id), MySQLValue($0.result)] }
        arguments += steps.flatMap { [.string($0.id), MySQLValue($0.error.map(ErrorText.clipped))] }
        arguments.append(.int(fleetID))
        arguments += steps.map { .string($0.id) }
        let found = try await transaction.execute(
            "UPDATE steps SET outcome = CASE id \(cases) END, result = CASE id \(cases) END, error = CASE id \(cases) END, "
                + "settled_at = UTC_TIMESTAMP(6) WHERE fleet_id = ? AND id IN (\(MultiRowInsert.list(steps.count)))",
            arguments
        ).affectedRows
        guard found == steps.count else {
            throw StoreError(
                .unknownStep, "\(steps.count - found) of \(steps.count) steps to be settled are not in the journal",
                hint: "this is a defect of botfleet; nothing was written")
        }
    }

    private func clearOverrides(_ instances: [String]) async throws {
        guard !instances.isEmpty else { return }
        try await inBatches(instances) { batch in
            try await transaction.execute(
                "DELETE FROM power_overrides WHERE fleet_id = ? AND instance IN (\(MultiRowInsert.list(batch.count)))",
                [.int(fleetID)] + batch.map { .string($0) })
        }
    }

    /// Adds events to the outbox, numbered from `first` within this write.
    func writeEvents(_ events: [[MySQLValue]], first: Int) async throws {
        let rows = events.enumerated().map { index, values in
            [.int(fleetID), .string(token), .int(Int64(first + index))] + values
        }
        try await transaction.insert(
            "INSERT INTO events (fleet_id, token, ordinal, type, subject, payload) VALUES", rows: rows,
            "ON DUPLICATE KEY UPDATE token = VALUES(token)")
    }

    private func delete(_ deletion: EncodedPass.Deletion) async throws {
        try await inBatches(deletion.keys) { batch in
            let row = "(" + MultiRowInsert.list(deletion.columns.count) + ")"
            let places = repeatElement(row, count: batch.count).joined(separator: ",")
            let columns = deletion.columns.joined(separator: ", ")
            if deletion.kind == .instance {
                // What was to be done to it must not be done to a namesake that comes later.
                try await transaction.execute(
                    "UPDATE sessions SET outcome = 'superseded', called_at = NULL, next_attempt_at = NULL "
                        + "WHERE fleet_id = ? AND outcome = 'pending' "
                        + "AND instance IN (\(MultiRowInsert.list(batch.count)))",
                    [.int(fleetID)] + batch.flatMap { $0.map { .string($0) } })
            }
            do {
                _ = try await transaction.execute(
                    "DELETE FROM \(deletion.table) WHERE \(deletion.fleetColumn) = ? AND (\(columns)) IN (\(places))",
                    [.int(fleetID)] + batch.flatMap { $0.map { .string($0) } })
            } catch {
                throw Self.deletionError(error, of: deletion.kind, batch)
            }
        }
    }

    /// A refusal in our words: rows refer to what should go (1451). Anything else as it is.
    private static func deletionError(_ error: any Error, of kind: Address.Kind, _ keys: [[String]]) -> any Error {
        guard let refusal = error as? MySQLError, refusal.code == 1451 else { return error }
        let names = keys.map { $0.joined(separator: "/") }
        return StoreError(
            .stillReferred,
            "\(kind.rawValue) \(names.prefix(3).joined(separator: ", ")) cannot be removed while "
                + "\(table(before: "CONSTRAINT", in: refusal.message)) refer to it",
            hint: "remove what refers to it first")
    }

    /// Some hundred items a statement.
    func inBatches<Item>(_ items: [Item], _ body: ([Item]) async throws -> Void) async throws {
        for batch in items.batches(of: MultiRowInsert.rowsPerStatement) {
            try await body(batch)
        }
    }

    /// Runs what puts rows that refer to others, and says it in our words when those are not there.
    private func referring(_ body: () async throws -> Int) async throws {
        do {
            _ = try await body()
        } catch let error as MySQLError where error.code == 1452 {
            throw StoreError(
                .missingReference,
                "a row of \(Self.table(before: "CONSTRAINT", in: error.message)) refers to a row of "
                    + "\(Self.table(after: "REFERENCES", in: error.message)) that is not recorded",
                hint: "this is a defect of botfleet or a change made meanwhile; nothing was written")
        }
    }

    /// The table that a server's message names: "… fails (`db`.`users`, CONSTRAINT …" before, "REFERENCES `regions`" after.
    private static func table(before word: String, in message: String) -> String {
        let names = message.prefix(upTo: message.firstRange(of: word)?.lowerBound ?? message.endIndex).split(
            separator: "`")
        return names.count >= 2 ? String(names[names.count - 2]) : "other rows"
    }

    private static func table(after word: String, in message: String) -> String {
        guard let end = message.firstRange(of: word)?.upperBound else { return "another table" }
        let names = message[end...].split(separator: "(").first?.split(separator: "`") ?? []
        return names.last { $0.contains { $0.isLetter } }.map(String.init) ?? "another table"
    }
}
