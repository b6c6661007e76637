import FleetModel
import LibMySQL

/// How long an instance has been up, before and after a count.
public struct UpTimeCount: Hashable, Sendable {
    /// The row that was counted from.
    public var before: RecordedInstance
    /// The same with the new minutes.
    public var after: RecordedInstance

    /// A count of one instance.
    public init(before: RecordedInstance, after: RecordedInstance) {
        self.before = before
        self.after = after
    }
}

extension FleetStore {
    /// Writes counts, hundreds a statement; a row whose machine or run changed meanwhile keeps what it says. Returns how many rows
    /// were written.
    ///
    /// No lock is taken: another may have stopped the instance since, and what it wrote of the run's end is the better knowledge.
    public func record(_ counts: [UpTimeCount], fleetID: Int64) async throws -> Int {
        var written = 0
        for batch in counts.batches(of: MultiRowInsert.rowsPerStatement) {
            let columns =
                "SELECT ? AS name, ? AS machine, CAST(? AS DATETIME(6)) AS since_before, ? AS base, "
                + "? AS minutes, ? AS total, CAST(? AS DATETIME(6)) AS since"
            let rows =
                [columns]
                + repeatElement(
                    "SELECT ?, ?, CAST(? AS DATETIME(6)), ?, ?, ?, CAST(? AS DATETIME(6))", count: batch.count - 1)
            let arguments = batch.flatMap { count -> [MySQLValue] in
                let (old, new) = (count.before, count.after)
                return [
                    .string(old.name), MySQLValue(old.instanceID), MySQLValue(old.upTimeSince),
                    .int(Int64(old.totalUpTimeMinutes - old.upTimeMinutes)), .int(Int64(new.upTimeMinutes)),
                    .int(Int64(new.totalUpTimeMinutes)), MySQLValue(new.upTimeSince),
                ]
            }
            written += try await pool.withConnection(retrying: .standard) { connection in
                try await connection.execute(
                    "UPDATE instances i JOIN (\(rows.joined(separator: " UNION ALL "))) v ON v.name = i.name "
                        + "SET i.up_time_minutes = v.minutes, i.total_up_time_minutes = v.total, i.up_time_since = v.since "
                        + "WHERE i.fleet_id = ? AND i.instance_id = v.machine AND i.up_time_since <=> v.since_before "
                        + "AND i.total_up_time_minutes - i.up_time_minutes = v.base", arguments + [.int(fleetID)]
                ).affectedRows
            }
        }
        return written
    }
}
