import FleetModel
import LibMySQL

/// What a runner needs to know of its fleet, and looks at again all the time.
public struct RunnerRecords: Sendable {
    /// The fleet's row.
    public var fleet: RecordedFleet
    /// The names of its regions, in order.
    public var regions: [String]
}

/// How a duty's last run in a region went.
public struct RecordedDuty: Hashable, Sendable {
    /// The duty.
    public var name: DutyName
    /// nil for a duty that is not done region by region.
    public var region: String?
    /// When it began.
    public var startedAt: Instant
    /// When it ended.
    public var finishedAt: Instant
    /// Why it failed; nil where it did not.
    public var error: String?
    /// When it is due again.
    public var nextAt: Instant?

    /// A run of a duty in a region.
    public init(
        name: DutyName, region: String?, startedAt: Instant, finishedAt: Instant, error: String?, nextAt: Instant?
    ) {
        self.name = name
        self.region = region
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
        self.nextAt = nextAt
    }
}

extension FleetStore {
    /// A fleet's row and regions, and the database's time for ``estimatedNow``; one statement. nil where no fleet of that name is recorded.
    public func runnerRecords(fleet name: String) async throws -> RunnerRecords? {
        let rows = try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT f.id, f.name, f.account_id, f.settings, f.revision, f.last_applied_commit, r.name, UTC_TIMESTAMP(6) FROM fleets f "
                    + "LEFT JOIN regions r ON r.fleet_id = f.id WHERE f.name = ? ORDER BY r.name", [.string(name)])
        }
        guard let first = rows.first else { return nil }
        clock.set(try first.get(7))
        let fleet = RecordedFleet(
            id: try first.get(0), name: try first.get(1), accountID: try first.get(2),
            settings: RecordedDefinition(json: try first.get(3), revision: try first.get(4)),
            lastAppliedCommit: try first.get(5))
        return RunnerRecords(
            fleet: fleet, regions: try rows.compactMap { row throws(MySQLError) -> String? in try row.get(6) })
    }

    /// Records how duties went; one statement for all regions.
    public func record(_ duties: [RecordedDuty], fleetID: Int64) async throws {
        guard !duties.isEmpty else { return }
        let rows = duties.map { duty -> [MySQLValue] in
            [
                .int(fleetID), .string(duty.name.rawValue), .string(duty.region ?? ""), MySQLValue(duty.nextAt),
                MySQLValue(duty.startedAt), MySQLValue(duty.finishedAt),
                .string(duty.error == nil ? "succeeded" : "failed"), MySQLValue(duty.error.map(ErrorText.clipped)),
            ]
        }
        let columns = ["next_due_at", "started_at", "finished_at", "outcome", "error"]
        try await pool.withConnection(retrying: .standard) { connection in
            _ = try await connection.insert(
                "INSERT INTO duties (fleet_id, name, region, \(columns.joined(separator: ", "))) VALUES", rows: rows,
                "ON DUPLICATE KEY UPDATE " + columns.map { "\($0) = VALUES(\($0))" }.joined(separator: ", "))
        }
    }

    /// How each duty went last, by name and region.
    public func duties(fleetID: Int64) async throws -> [RecordedDuty] {
        let rows = try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT name, region, started_at, finished_at, error, next_due_at FROM duties WHERE fleet_id = ? "
                    + "AND started_at IS NOT NULL AND finished_at IS NOT NULL ORDER BY name, region", [.int(fleetID)])
        }
        return try rows.map { row in
            let region: String = try row.get(1)
            let started: MySQLDateTime = try row.get(2)
            let finished: MySQLDateTime = try row.get(3)
            return RecordedDuty(
                name: try row.decode(DutyName.self, at: 0), region: region.isEmpty ? nil : region,
                startedAt: started.instant, finishedAt: finished.instant, error: try row.get(4),
                nextAt: try row.instant(at: 5))
        }
    }

    /// The latest cursor of the deployments in some regions: before it everything is accounted for. nil without any.
    public func latestCursor(fleetID: Int64, regions: [String]) async throws -> Instant? {
        guard !regions.isEmpty else { return nil }
        return try await pool.withConnection(retrying: .standard) { connection in
            try await connection.query(
                "SELECT MAX(cursor_at) FROM deployments WHERE fleet_id = ? "
                    + "AND region IN (\(MultiRowInsert.list(regions.count)))",
                [.int(fleetID)] + regions.map { .string($0) },
                decode: { row throws(MySQLError) in try row.instant(at: 0) }
            ).first ?? nil
        }
    }
}
