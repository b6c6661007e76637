import FleetModel
import LibMySQL

extension FleetStore {
    /// The number of a fleet, whose row is made if it is not there.
    public func registerFleet(name: String) async throws -> Int64 {
        try await transaction { transaction in
            let question = "SELECT id FROM fleets WHERE name = ?"
            if let row = try await transaction.query(question, [.string(name)]).first { return try row.get(0) }
            try await transaction.execute(
                "INSERT INTO fleets (name, settings, revision) VALUES (?, '{}', 0) ON DUPLICATE KEY UPDATE id = id",
                [.string(name)])
            guard let row = try await transaction.query(question, [.string(name)]).first else {
                throw StoreError(.unreadable, "the fleet '\(name)' was registered and is not there")
            }
            return try row.get(0)
        }
    }

    /// Writes that an apply begins, and that those before it which never ended were interrupted: whoever ran them no
    /// longer holds the lease. Returns the apply's number.
    /// - Throws: `StoreError` of kind `leaseLost`.
    public func beginApply(_ record: ApplyRecord, fleetID: Int64, under lease: Lease) async throws -> Int64 {
        let token = try Token.random()
        let summary = try CanonicalJSON.encode(record.summary)
        return try await transaction { transaction in
            try await transaction.execute(
                "UPDATE applies SET outcome = ?, finished_at = UTC_TIMESTAMP(6) "
                    + "WHERE fleet_id = ? AND outcome = ? AND token <> ?",
                [
                    .string(ApplyRecord.Outcome.interrupted.rawValue), .int(fleetID),
                    .string(ApplyRecord.Outcome.running.rawValue), .string(token),
                ])
            try await transaction.execute(
                "INSERT INTO applies (fleet_id, token, author, operator_name, commit_id, dirty, summary, outcome, error) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id",
                [
                    .int(fleetID), .string(token), MySQLValue(record.author), .string(record.operatorName),
                    MySQLValue(record.commit), MySQLValue(record.dirty), .string(summary),
                    .string(record.outcome.rawValue), MySQLValue(record.error.map(ErrorText.clipped)),
                ])
            let rows = try await transaction.query(
                "SELECT id FROM applies WHERE fleet_id = ? AND token = ?", [.int(fleetID), .string(token)])
            try await RecordWriter(transaction: transaction, fleetID: fleetID, token: token).requireLeases([lease])
            guard let id: Int64 = try rows.first?.get(0) else {
                throw StoreError(.unreadable, "an apply was recorded and is not there")
            }
            return id
        }
    }

    /// Writes changes of the recorded state in one transaction, while all the leases are held.
    ///
    /// Changes of one kind go in by hundreds. Between kinds the order is that of the foreign keys (put: what others refer
    /// to first; deleted: what refers to others first); a second change of one row begins again, so the last one counts.
    /// A failure that passes is answered by running the transaction again; it may run twice with the effect of once.
    /// - Throws: `StoreError` of kind `leaseLost`, `stillReferred`, `missingReference` or `unknownStep`, and nothing was
    ///   written; `MySQLError` when the tries are used up.
    public func write(_ changes: [RecordChange], fleetID: Int64, under leases: [Lease]) async throws {
        guard !changes.isEmpty else { return }
        let token = try Token.random()
        let passes = try RecordPass.passes(of: changes).map { try EncodedPass($0, fleetID: fleetID) }
        try await transaction { transaction in
            let writer = RecordWriter(transaction: transaction, fleetID: fleetID, token: token)
            var events = 0
            for pass in passes {
                try await writer.write(pass, firstEvent: events)
                events += pass.events.count
            }
            try await writer.requireLeases(leases)
        }
    }
}
