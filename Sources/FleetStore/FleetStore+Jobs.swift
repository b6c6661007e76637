import FleetModel
import LibMySQL

/// The queue: rows that runners take with SKIP LOCKED, under a claim that ends by itself where whoever took them died.
extension FleetStore {
    /// Seconds that a claim lasts without renewal.
    public static let claimSeconds = 60

    /// Adds a job, not to be begun before a time; nil is now. Returns its number.
    ///
    /// - Parameters:
    ///   - lease: the lease without which it is not done; nil lets any runner do it.
    ///   - claim: whoever adds it does it too, and has taken it so.
    public func enqueue(
        _ request: JobRequest, fleetID: Int64, availableAt: Instant? = nil, lease: String? = nil, claim: String? = nil
    ) async throws -> Int64 {
        let token = try Token.random()
        let arguments = try CanonicalJSON.encode(request)
        let now = try await databaseNow()
        let claimedUntil = claim == nil ? "NULL" : "UTC_TIMESTAMP(6) + INTERVAL \(Self.claimSeconds) SECOND"
        return try await transaction { transaction in
            try await transaction.execute(
                "INSERT INTO jobs (fleet_id, token, kind, subject, arguments, author, outcome, attempts, available_at, lease, "
                    + "claim, claimed_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(claimedUntil)) "
                    + "ON DUPLICATE KEY UPDATE id = id",
                [
                    .int(fleetID), .string(token), .string(request.kind.rawValue),
                    .string(String(request.names.joined(separator: " ").prefix(400))), .string(arguments),
                    MySQLValue(request.author),
                    .string((claim == nil ? Job.Outcome.queued : .running).rawValue), .int(claim == nil ? 0 : 1),
                    MySQLValue(availableAt ?? now), MySQLValue(lease), MySQLValue(claim),
                ])
            let rows = try await transaction.query(
                "SELECT id FROM jobs WHERE fleet_id = ? AND token = ?", [.int(fleetID), .string(token)])
            guard let id: Int64 = try rows.first?.get(0) else {
                throw StoreError(.unreadable, "a job was recorded and is not there")
            }
            return id
        }
    }

    /// Takes jobs that are due, those whose claim ran out too; nothing where none is, at the cost of one statement.
    ///
    /// `leases` are those that the caller holds: jobs of others are left to their holders.
    public func claimJobs(
        fleetID: Int64, now: Instant, holding leases: [String], claim: String, limit: Int
    ) async throws -> [Job] {
        let isDue =
            "fleet_id = ? AND ((outcome = 'queued' AND available_at <= ?) "
            + "OR (outcome = 'running' AND claimed_until < UTC_TIMESTAMP(6))) "
            + "AND (lease IS NULL\(leases.isEmpty ? "" : " OR lease IN (\(MultiRowInsert.list(leases.count)))"))"
        let arguments: [MySQLValue] = [.int(fleetID), MySQLValue(now)] + leases.map { .string($0) }
        let waiting = try await read(
            "SELECT 1 FROM jobs WHERE \(isDue) LIMIT 1", arguments
        ) { row throws(MySQLError) in try row.get(0) as Int64 }
        guard !waiting.isEmpty else { return [] }
        return try await transaction { transaction in
            let ids = try await transaction.query(
                "SELECT id FROM jobs WHERE \(isDue) ORDER BY available_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED",
                arguments
            ) { row throws(MySQLError) in try row.get(0) as Int64 }
            guard !ids.isEmpty else { return [] }
            let places = MultiRowInsert.list(ids.count)
            // The condition stands again: locks are a node's own, and in a cluster another may have been quicker.
            try await transaction.execute(
                "UPDATE jobs SET outcome = 'running', attempts = attempts + 1, claim = ?, "
                    + "claimed_until = UTC_TIMESTAMP(6) + INTERVAL \(Self.claimSeconds) SECOND "
                    + "WHERE id IN (\(places)) AND \(isDue)", [.string(claim)] + ids.map { .int($0) } + arguments)
            return try await transaction.query(
                "SELECT \(Self.jobColumns) FROM jobs WHERE id IN (\(places)) AND claim = ? ORDER BY available_at, id",
                ids.map { .int($0) } + [.string(claim)], decode: Self.job)
        }
    }

    /// Keeps jobs that are still being done from being taken by others.
    public func renewJobs(_ ids: [Int64], claim: String) async throws {
        guard !ids.isEmpty else { return }
        try await pool.withConnection(retrying: .standard) { connection in
            _ = try await connection.execute(
                "UPDATE jobs SET claimed_until = UTC_TIMESTAMP(6) + INTERVAL \(Self.claimSeconds) SECOND "
                    + "WHERE id IN (\(MultiRowInsert.list(ids.count))) AND claim = ? AND outcome = 'running'",
                ids.map { .int($0) } + [.string(claim)])
        }
    }

    /// Says how a job went: done, to be tried again at a time, or given up. Nothing where the claim was lost meanwhile.
    public func finishJob(
        _ id: Int64, claim: String, outcome: Job.Outcome, error: String? = nil, availableAt: Instant? = nil
    ) async throws {
        let isOver = outcome == .succeeded || outcome == .failed
        try await pool.withConnection(retrying: .standard) { connection in
            _ = try await connection.execute(
                "UPDATE jobs SET outcome = ?, error = ?, available_at = COALESCE(?, available_at), claim = NULL, "
                    + "claimed_until = NULL, finished_at = \(isOver ? "UTC_TIMESTAMP(6)" : "NULL") "
                    + "WHERE id = ? AND claim = ? AND outcome = 'running'",
                [
                    .string(outcome.rawValue), MySQLValue(error.map(ErrorText.clipped)), MySQLValue(availableAt),
                    .int(id), .string(claim),
                ])
        }
    }

    /// Jobs, the newest first.
    public func jobs(fleetID: Int64, outcome: Job.Outcome? = nil, limit: Int = 100) async throws -> [Job] {
        try await read(
            "SELECT \(Self.jobColumns) FROM jobs WHERE fleet_id = ? AND (? IS NULL OR outcome = ?) ORDER BY id DESC LIMIT ?",
            [.int(fleetID), MySQLValue(outcome?.rawValue), MySQLValue(outcome?.rawValue), .int(Int64(limit))],
            decode: Self.job)
    }

    /// One job; nil where there is none of this number.
    public func job(_ id: Int64, fleetID: Int64) async throws -> Job? {
        try await read(
            "SELECT \(Self.jobColumns) FROM jobs WHERE fleet_id = ? AND id = ?", [.int(fleetID), .int(id)],
            decode: Self.job
        ).first
    }

    /// Gives a job that was given up new tries; false where it was not.
    public func retryJob(_ id: Int64, fleetID: Int64) async throws -> Bool {
        let now = try await databaseNow()
        return try await pool.withConnection(retrying: .standard) { connection in
            try await connection.execute(
                "UPDATE jobs SET outcome = 'queued', attempts = 0, available_at = ?, finished_at = NULL "
                    + "WHERE fleet_id = ? AND id = ? AND outcome = 'failed'",
                [MySQLValue(now), .int(fleetID), .int(id)]
            ).affectedRows
        } == 1
    }

    private static let jobColumns =
        "id, arguments, outcome, attempts, available_at, error, created_at, finished_at"

    @Sendable private static func job(_ row: MySQLRow) throws(MySQLError) -> Job {
        let text: String = try row.get(1)
        let request: JobRequest
        do {
            request = try CanonicalJSON.decode(JobRequest.self, from: text)
        } catch {
            throw MySQLError.unexpectedValue("a job's arguments can't be read")
        }
        let available: MySQLDateTime = try row.get(4)
        let created: MySQLDateTime = try row.get(6)
        return Job(
            id: try row.get(0), request: request, outcome: try row.decode(Job.Outcome.self, at: 2),
            attempts: try row.get(3), availableAt: available.instant, error: try row.get(5),
            createdAt: created.instant, finishedAt: try row.instant(at: 7))
    }
}
