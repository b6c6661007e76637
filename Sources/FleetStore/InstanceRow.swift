import FleetModel
import LibMySQL

/// How a `RecordedInstance` stands in its row.
enum InstanceRow {
    /// The columns that a write gives, after fleet and name.
    static let writtenColumns = [
        "deployment", "managed", "region", "user_email", "bot", "state", "spec", "generation", "instance_id",
        "client_token", "instance_type", "storage_gb", "image_id", "subnet_id", "public_ip", "private_ip", "key_name",
        "launched_at", "up_time_minutes", "total_up_time_minutes", "up_time_since", "params_version", "params_digest",
        "absent_since", "last_error",
    ]

    /// The columns that a read takes.
    static let columns = (["id", "name"] + writtenColumns + ["revision"]).joined(separator: ", ")

    /// The values of a row to be written.
    static func values(_ instance: RecordedInstance, fleet: MySQLValue) -> [MySQLValue] {
        [
            fleet, .string(instance.name), MySQLValue(instance.deployment), MySQLValue(instance.managed),
            .string(instance.region), .string(User.key(instance.user)), MySQLValue(instance.bot),
            .string(instance.state.rawValue), MySQLValue(instance.spec), .int(Int64(instance.generation)),
            MySQLValue(instance.instanceID), MySQLValue(instance.clientToken), MySQLValue(instance.instanceType),
            MySQLValue(instance.storageGB), MySQLValue(instance.imageID), MySQLValue(instance.subnetID),
            MySQLValue(instance.publicIP), MySQLValue(instance.privateIP), MySQLValue(instance.keyName),
            MySQLValue(instance.launchedAt), .int(Int64(instance.upTimeMinutes)),
            .int(Int64(instance.totalUpTimeMinutes)), MySQLValue(instance.upTimeSince),
            .int(Int64(instance.paramsVersion)), MySQLValue(instance.paramsDigest), MySQLValue(instance.absentSince),
            MySQLValue(instance.lastError.map(ErrorText.clipped)),
        ]
    }

    /// The instance of a row.
    static func decode(_ row: MySQLRow) throws(MySQLError) -> RecordedInstance { try decode(row, from: 0) }

    /// The instance of a row whose columns begin at a position.
    static func decode(_ row: MySQLRow, from first: Int) throws(MySQLError) -> RecordedInstance {
        RecordedInstance(
            id: try row.get(first), name: try row.get(first + 1), deployment: try row.get(first + 2),
            managed: try row.get(first + 3), region: try row.get(first + 4), user: try row.get(first + 5),
            bot: try row.get(first + 6), state: try row.decode(InstanceState.self, at: first + 7),
            spec: try row.get(first + 8), generation: try row.get(first + 9), instanceID: try row.get(first + 10),
            clientToken: try row.get(first + 11), instanceType: try row.get(first + 12),
            storageGB: try row.get(first + 13), imageID: try row.get(first + 14), subnetID: try row.get(first + 15),
            publicIP: try row.get(first + 16), privateIP: try row.get(first + 17), keyName: try row.get(first + 18),
            launchedAt: try row.instant(at: first + 19), upTimeMinutes: try row.get(first + 20),
            totalUpTimeMinutes: try row.get(first + 21), upTimeSince: try row.instant(at: first + 22),
            paramsVersion: try row.get(first + 23), paramsDigest: try row.get(first + 24),
            absentSince: try row.instant(at: first + 25), lastError: try row.get(first + 26),
            revision: try row.get(first + 27))
    }
}
