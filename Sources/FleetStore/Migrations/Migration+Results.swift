extension Migration {
    /// What sync:folders needs beside what ``initial`` made.
    static let results = Migration(
        version: 3, title: "results",
        statements: [
            // Folders follow from the keys of the objects in them.
            "DROP TABLE IF EXISTS folders",
            "ALTER TABLE objects DROP COLUMN etag",
            // By the database's clock: a new instance's is due at once, and one's whose state changed.
            "ALTER TABLE instances ADD COLUMN objects_due_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)",
            "ALTER TABLE instances ADD KEY instances_objects_due (fleet_id, objects_due_at)",
            """
            CREATE TABLE IF NOT EXISTS upload_lists (
                fleet_id BIGINT NOT NULL,
                object_key VARBINARY(1024) NOT NULL,
                read_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
                PRIMARY KEY (fleet_id, object_key),
                KEY upload_lists_read (fleet_id, read_at),
                CONSTRAINT upload_lists_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
            ) \(engine)
            """,
        ],
        isRepeatable: true)
}
