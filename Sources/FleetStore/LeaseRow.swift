import FleetModel
import LibMySQL

/// A row of `leases`.
struct LeaseRow: Sendable {
    static let columns = """
        fleet_id, name, claim, generation, holder_id, host, pid, os_user, purpose, acquired_at, expires_at, \
        UTC_TIMESTAMP(6)
        """

    let lease: Lease
    /// The taking that it belongs to.
    let claim: String
    /// When the row was read, by the database's clock.
    let now: MySQLDateTime

    init(_ row: MySQLRow) throws(MySQLError) {
        claim = try row.get(2)
        let acquired: MySQLDateTime = try row.get(9)
        let expires: MySQLDateTime = try row.get(10)
        now = try row.get(11)
        lease = Lease(
            name: try row.get(1), fleetID: try row.get(0),
            holder: LeaseHolder(
                id: try row.get(4), host: try row.get(5), pid: try row.get(6), user: try row.get(7),
                purpose: try row.get(8)),
            generation: try row.get(3), acquiredAt: acquired.instant, expiresAt: expires.instant)
    }
}
