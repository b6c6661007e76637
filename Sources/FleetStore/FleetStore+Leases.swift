import FleetModel
import LibMySQL

/// Leases are rows. One is taken by a single statement that is true only while it is free or expired, by the database's
/// clock; its generation grows with each taking and never shrinks, so that a write under an old one can be refused. No
/// transaction is open between statements: a process that dies leaves nothing locked but the lease itself, for its time.
extension FleetStore {
    /// Takes a lease that is free or expired, for so many seconds; otherwise says who has it.
    public func acquireLease(
        _ name: String, fleetID: Int64, holder: LeaseHolder, seconds: Int
    ) async throws -> LeaseAttempt {
        let attempts = try await acquireLeases([name], fleetID: fleetID, holder: holder, seconds: seconds)
        guard let attempt = attempts[name] else {
            throw StoreError(.unreadable, "the lease '\(name)' was taken and is not there")
        }
        return attempt
    }

    /// Takes those of many leases that are free or expired, each by itself, in two statements for every 500.
    ///
    /// The same holder asking twice does not get a lease twice: the second asking finds it held.
    public func acquireLeases(
        _ names: [String], fleetID: Int64, holder: LeaseHolder, seconds: Int
    ) async throws -> [String: LeaseAttempt] {
        let claim = try Token.random()
        // In one order always, so that two who want the same leases do not wait for each other crosswise.
        let ordered = Set(names).sorted()
        let rows = ordered.map { name -> [MySQLValue] in
            [
                .int(fleetID), .string(name), .string(claim), .string(holder.id), .string(holder.host),
                .int(Int64(holder.pid)), .string(holder.user), .string(holder.purpose), .int(Int64(seconds)),
            ]
        }
        var attempts: [String: LeaseAttempt] = [:]
        for start in stride(from: 0, to: rows.count, by: MultiRowInsert.rowsPerStatement) {
            let end = min(start + MultiRowInsert.rowsPerStatement, rows.count)
            let batch = rows[start..<end].flatMap { $0 }
            let batchNames = Array(ordered[start..<end])
            let found = try await pool.withConnection(retrying: .standard) { connection in
                try await connection.execute(Self.takeLeases(count: batchNames.count), batch)
                return try await Self.claimedLeases(batchNames, fleetID: fleetID, on: connection)
            }
            if let now = found.first?.now { clock.set(now) }
            for entry in found {
                attempts[entry.lease.name] = entry.claim == claim ? .acquired(entry.lease) : .held(by: entry.lease)
            }
        }
        return attempts
    }

    /// Moves the expiry of leases to so many seconds from now. Returns those that are still ours with the new expiry, as
    /// early as it can be; a lease that is missing has run out or was taken, and its work must stop.
    ///
    /// One statement where all are ours (500 at a time).
    public func renewLeases(_ leases: [Lease], seconds: Int) async throws -> [Lease] {
        var renewed: [Lease] = []
        for batch in leases.batches(of: MultiRowInsert.rowsPerStatement) {
            renewed += try await renew(batch, seconds: seconds)
        }
        return renewed
    }

    private func renew(_ leases: [Lease], seconds: Int) async throws -> [Lease] {
        if clock.estimate(at: .now) == nil { _ = try await databaseNow() }
        let asked = ContinuousClock.now
        let ours = Self.stillOurs(leases)
        let count = try await pool.withConnection(retrying: .standard) { connection in
            try await connection.execute(
                "UPDATE leases SET expires_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(6)) WHERE \(ours.condition)",
                [.int(Int64(seconds))] + ours.arguments
            ).affectedRows
        }
        var kept = leases
        if count != leases.count {
            let names: [[MySQLValue]] = try await pool.withConnection(retrying: .standard) { connection in
                try await connection.query(
                    "SELECT fleet_id, name FROM leases WHERE \(ours.condition)", ours.arguments,
                    decode: { row throws(MySQLError) in row.values })
            }
            kept = leases.filter { names.contains([.int($0.fleetID), .string($0.name)]) }
        }
        guard let now = clock.estimate(at: asked)?.instant else { return [] }
        return kept.map { lease in
            var lease = lease
            lease.expiresAt = now + seconds
            return lease
        }
    }

    /// Gives leases back at once; those that are no longer ours are left alone.
    public func releaseLeases(_ leases: [Lease]) async throws {
        for batch in leases.batches(of: MultiRowInsert.rowsPerStatement) {
            let ours = Self.stillOurs(batch)
            try await pool.withConnection(retrying: .standard) { connection in
                _ = try await connection.execute(
                    "UPDATE leases SET expires_at = UTC_TIMESTAMP(6) WHERE \(ours.condition)", ours.arguments)
            }
        }
    }

    /// The leases of a fleet that have not run out, by name.
    public func leases(fleetID: Int64) async throws -> [Lease] {
        try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT \(LeaseRow.columns) FROM leases WHERE fleet_id = ? AND expires_at > UTC_TIMESTAMP(6) ORDER BY name",
                [.int(fleetID)], decode: { row throws(MySQLError) in try LeaseRow(row).lease })
        }
    }

    // MARK: Statements

    /// The condition under which leases are still their holders': same holder, same generation, not run out.
    ///
    /// The names stand by themselves as well, for the index: of a comparison by rows servers use only its own columns.
    static func stillOurs(_ leases: [Lease]) -> (condition: String, arguments: [MySQLValue]) {
        let fleets = Set(leases.map(\.fleetID)).sorted()
        let rows = repeatElement("(?,?,?,?)", count: leases.count).joined(separator: ",")
        var arguments = fleets.map { MySQLValue.int($0) }
        arguments += leases.map { .string($0.name) }
        for lease in leases {
            arguments += [.int(lease.fleetID), .string(lease.name), .string(lease.holder.id), .int(lease.generation)]
        }
        return (
            """
            fleet_id IN (\(MultiRowInsert.list(fleets.count))) AND name IN (\(MultiRowInsert.list(leases.count))) \
            AND (fleet_id, name, holder_id, generation) IN (\(rows)) AND expires_at > UTC_TIMESTAMP(6)
            """,
            arguments
        )
    }

    /// Takes what is free or expired and leaves the rest untouched. Assignments run from left to right and see what those
    /// before them assigned, so the expiry, which all look at, comes last.
    private static func takeLeases(count: Int) -> String {
        let row = "(?,?,?,?,?,?,?,?,UTC_TIMESTAMP(6),TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(6)))"
        let columns = ["claim", "holder_id", "host", "pid", "os_user", "purpose", "acquired_at", "expires_at"]
        let assignments = columns.map { "\($0) = IF(expires_at <= UTC_TIMESTAMP(6), VALUES(\($0)), \($0))" }
        return """
            INSERT INTO leases (fleet_id, name, \(columns.joined(separator: ", "))) \
            VALUES \(repeatElement(row, count: count).joined(separator: ",")) \
            ON DUPLICATE KEY UPDATE generation = generation + IF(expires_at <= UTC_TIMESTAMP(6), 1, 0), \
            \(assignments.joined(separator: ", "))
            """
    }

    private static func claimedLeases(
        _ names: [String], fleetID: Int64, on connection: MySQLTransaction
    ) async throws -> [LeaseRow] {
        try await connection.query(
            "SELECT \(LeaseRow.columns) FROM leases WHERE fleet_id = ? AND name IN (\(MultiRowInsert.list(names.count)))",
            [.int(fleetID)] + names.map { .string($0) }, decode: LeaseRow.init)
    }
}
