import FleetModel

extension RecordedInstance: Listable {
    /// What several are called.
    public static var plural: String { "instances" }

    /// What people see of one.
    public static var columns: [ListColumn<RecordedInstance>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.name) },
            ListColumn("USER", narrowest: 12) { row, _ in Cell(row.user) },
            ListColumn("BOT", narrowest: 12) { row, _ in Cell(row.bot) },
            ListColumn("REGION") { row, _ in Cell(row.region) },
            ListColumn("STATE") { row, _ in
                Cell(row.managed ? row.state.rawValue : "\(row.state.rawValue) (unmanaged)", row.state.tone)
            },
            ListColumn("UP") { row, context in Cell(row.upTime(at: context.now)) },
            ListColumn("PUBLIC IP") { row, _ in Cell(row.publicIP) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", name), Field("deployment", deployment), Field("user", user), Field("bot", bot),
            Field("region", region), Field("state", state.rawValue), Field("instance_id", instanceID),
            Field("public_ip", publicIP), Field("launched_at", launchedAt), Field("up_time_minutes", upTimeMinutes),
            Field("total_up_time_minutes", totalUpTimeMinutes), Field("managed", managed),
        ]
    }

    /// What is shown of one alone.
    public var allFields: [Field] {
        fields + [
            Field("instance_type", instanceType), Field("storage_gb", storageGB), Field("image_id", imageID),
            Field("subnet_id", subnetID), Field("private_ip", privateIP), Field("key_name", keyName),
            Field("generation", generation), Field("params_version", paramsVersion),
            Field("absent_since", absentSince), Field("last_error", lastError),
        ]
    }

    /// How long it has run since its last start; nil where it does not run.
    private func upTime(at now: Instant) -> String? {
        guard state == .running, let launchedAt else { return nil }
        return Spans.text(seconds: now - launchedAt)
    }
}
