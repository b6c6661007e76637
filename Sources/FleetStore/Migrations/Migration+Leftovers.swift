extension Migration {
    /// What instance:clean, bots:sync-local and jobs need beside what ``initial`` made.
    static let leftovers = Migration(
        version: 4, title: "leftovers",
        statements: [
            // What AWS has of the fleet and nothing uses, and since when.
            """
            CREATE TABLE IF NOT EXISTS leftovers (
                fleet_id BIGINT NOT NULL,
                region VARCHAR(63) NOT NULL,
                kind VARCHAR(16) NOT NULL,
                resource_id VARCHAR(255) NOT NULL,
                unused_since DATETIME(6) NOT NULL,
                PRIMARY KEY (fleet_id, region, kind, resource_id),
                CONSTRAINT leftovers_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
            ) \(engine)
            """,
            // The lease without which a job is not done; NULL for one that anybody may do.
            "ALTER TABLE jobs ADD COLUMN lease VARCHAR(300) NULL",
            // Virtual processors of one instance of the type, also of types that are only wanted.
            "ALTER TABLE vcpu_usage ADD COLUMN size INT NOT NULL DEFAULT 0",
            // What the sources have now; `bots` is what was applied last.
            """
            CREATE TABLE IF NOT EXISTS bot_catalogue (
                fleet_id BIGINT NOT NULL,
                source VARCHAR(63) NOT NULL,
                name VARCHAR(63) NOT NULL,
                bundle_key TEXT NOT NULL,
                definition LONGTEXT NOT NULL,
                changed_at DATETIME(6) NOT NULL,
                retired_at DATETIME(6) NULL,
                PRIMARY KEY (fleet_id, source, name),
                CONSTRAINT bot_catalogue_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
            ) \(engine)
            """,
        ],
        isRepeatable: true)
}
