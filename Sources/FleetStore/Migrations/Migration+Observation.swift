extension Migration {
    /// What instance:calculate-up-time and aws:sync-amis need beside what ``initial`` made.
    static let observation = Migration(
        version: 2, title: "observation",
        statements: [
            "ALTER TABLE instances ADD COLUMN up_time_since DATETIME(6) NULL",
            "ALTER TABLE images ADD COLUMN architecture VARCHAR(16) NULL",
            // What an account runs in a region, by type, against its quota.
            """
            CREATE TABLE IF NOT EXISTS vcpu_usage (
                fleet_id BIGINT NOT NULL,
                region VARCHAR(63) NOT NULL,
                instance_type VARCHAR(64) NOT NULL,
                instances INT NOT NULL,
                vcpus INT NOT NULL,
                PRIMARY KEY (fleet_id, region, instance_type),
                CONSTRAINT vcpu_usage_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name)
                    ON DELETE CASCADE
            ) \(engine)
            """,
        ],
        isRepeatable: true)
}
