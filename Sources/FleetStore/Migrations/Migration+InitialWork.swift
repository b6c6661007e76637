extension Migration {
    /// What happened: sessions, applies, the journal, events.
    static let historyTables = [
        """
        CREATE TABLE IF NOT EXISTS sessions (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            instance VARCHAR(255) NOT NULL,
            deployment VARCHAR(63) NULL,
            user_email VARCHAR(254) NOT NULL,
            action VARCHAR(8) NOT NULL,
            scheduled_for DATETIME(6) NOT NULL,
            executed_at DATETIME(6) NULL,
            called_at DATETIME(6) NULL,
            next_attempt_at DATETIME(6) NULL,
            outcome VARCHAR(16) NOT NULL,
            attempts INT NOT NULL DEFAULT 0,
            source VARCHAR(16) NOT NULL,
            error TEXT NULL,
            apply_id BIGINT NULL,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            PRIMARY KEY (id),
            UNIQUE KEY sessions_once (fleet_id, instance, scheduled_for, action),
            KEY sessions_time (fleet_id, scheduled_for),
            KEY sessions_pending (fleet_id, outcome, next_attempt_at),
            CONSTRAINT sessions_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS applies (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            token VARCHAR(64) NOT NULL,
            author VARCHAR(320) NULL,
            operator_name VARCHAR(320) NOT NULL,
            commit_id VARCHAR(64) NULL,
            dirty TINYINT NOT NULL,
            summary LONGTEXT NOT NULL,
            outcome VARCHAR(16) NOT NULL,
            error TEXT NULL,
            started_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            finished_at DATETIME(6) NULL,
            PRIMARY KEY (id),
            UNIQUE KEY applies_token (fleet_id, token),
            KEY applies_outcome (fleet_id, outcome),
            CONSTRAINT applies_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS steps (
            seq BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            id VARCHAR(64) NOT NULL,
            apply_id BIGINT NULL,
            address VARCHAR(400) NOT NULL,
            action VARCHAR(64) NOT NULL,
            region VARCHAR(63) NOT NULL,
            request LONGTEXT NOT NULL,
            client_token VARCHAR(64) NULL,
            outcome VARCHAR(16) NOT NULL,
            result TEXT NULL,
            error TEXT NULL,
            opened_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            settled_at DATETIME(6) NULL,
            PRIMARY KEY (seq),
            UNIQUE KEY steps_id (fleet_id, id),
            KEY steps_open (fleet_id, outcome, seq),
            KEY steps_apply (apply_id),
            CONSTRAINT steps_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id),
            CONSTRAINT steps_apply FOREIGN KEY (apply_id) REFERENCES applies (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS events (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            token VARCHAR(64) NOT NULL,
            ordinal INT NOT NULL,
            type VARCHAR(64) NOT NULL,
            subject VARCHAR(400) NOT NULL,
            payload LONGTEXT NOT NULL,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            PRIMARY KEY (id),
            UNIQUE KEY events_once (fleet_id, token, ordinal),
            KEY events_fleet (fleet_id, id),
            KEY events_time (fleet_id, created_at),
            CONSTRAINT events_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS event_deliveries (
            event_id BIGINT NOT NULL,
            sink VARCHAR(191) NOT NULL,
            outcome VARCHAR(16) NOT NULL,
            attempts INT NOT NULL DEFAULT 0,
            next_attempt_at DATETIME(6) NULL,
            error TEXT NULL,
            settled_at DATETIME(6) NULL,
            PRIMARY KEY (event_id, sink),
            KEY event_deliveries_due (sink, outcome, next_attempt_at),
            CONSTRAINT event_deliveries_event FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE
        ) \(engine)
        """,
    ]

    /// Who works on what: leases, the queue, duties.
    static let workTables = [
        """
        CREATE TABLE IF NOT EXISTS leases (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(300) NOT NULL,
            claim VARCHAR(64) NOT NULL,
            generation BIGINT NOT NULL DEFAULT 1,
            holder_id VARCHAR(64) NOT NULL,
            host VARCHAR(255) NOT NULL,
            pid BIGINT NOT NULL,
            os_user VARCHAR(255) NOT NULL,
            purpose VARCHAR(255) NOT NULL,
            acquired_at DATETIME(6) NOT NULL,
            expires_at DATETIME(6) NOT NULL,
            writes BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (fleet_id, name),
            KEY leases_expiry (fleet_id, expires_at),
            CONSTRAINT leases_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS jobs (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            token VARCHAR(64) NOT NULL,
            kind VARCHAR(32) NOT NULL,
            subject VARCHAR(400) NOT NULL,
            arguments LONGTEXT NOT NULL,
            author VARCHAR(320) NULL,
            outcome VARCHAR(16) NOT NULL,
            attempts INT NOT NULL DEFAULT 0,
            available_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            claim VARCHAR(64) NULL,
            claimed_until DATETIME(6) NULL,
            error TEXT NULL,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            finished_at DATETIME(6) NULL,
            PRIMARY KEY (id),
            UNIQUE KEY jobs_token (fleet_id, token),
            KEY jobs_due (fleet_id, outcome, available_at),
            CONSTRAINT jobs_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS duties (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            region VARCHAR(63) NOT NULL DEFAULT '',
            next_due_at DATETIME(6) NULL,
            started_at DATETIME(6) NULL,
            finished_at DATETIME(6) NULL,
            outcome VARCHAR(16) NULL,
            error TEXT NULL,
            position_at DATETIME(6) NULL,
            PRIMARY KEY (fleet_id, name, region),
            KEY duties_due (fleet_id, next_due_at),
            CONSTRAINT duties_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
    ]

    /// What AWS has that is not ours to change: images, quotas, objects in the bucket.
    static let cloudTables = [
        """
        CREATE TABLE IF NOT EXISTS images (
            fleet_id BIGINT NOT NULL,
            region VARCHAR(63) NOT NULL,
            image_id VARCHAR(64) NOT NULL,
            name VARCHAR(255) NOT NULL,
            owner VARCHAR(64) NOT NULL,
            made_at DATETIME(6) NULL,
            gone_since DATETIME(6) NULL,
            PRIMARY KEY (fleet_id, region, image_id),
            CONSTRAINT images_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name)
                ON DELETE CASCADE
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS quotas (
            fleet_id BIGINT NOT NULL,
            region VARCHAR(63) NOT NULL,
            code VARCHAR(64) NOT NULL,
            name VARCHAR(255) NOT NULL,
            value DOUBLE NOT NULL,
            synced_at DATETIME(6) NOT NULL,
            PRIMARY KEY (fleet_id, region, code),
            CONSTRAINT quotas_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name)
                ON DELETE CASCADE
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS folders (
            fleet_id BIGINT NOT NULL,
            path VARBINARY(1024) NOT NULL,
            instance VARCHAR(255) NOT NULL,
            type VARCHAR(16) NOT NULL,
            object_count BIGINT NOT NULL DEFAULT 0,
            last_modified DATETIME(6) NULL,
            PRIMARY KEY (fleet_id, path),
            KEY folders_instance (fleet_id, instance),
            CONSTRAINT folders_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS objects (
            fleet_id BIGINT NOT NULL,
            path VARBINARY(1024) NOT NULL,
            instance VARCHAR(255) NOT NULL,
            type VARCHAR(16) NOT NULL,
            size BIGINT NOT NULL,
            etag VARCHAR(64) NULL,
            last_modified DATETIME(6) NOT NULL,
            PRIMARY KEY (fleet_id, path),
            KEY objects_instance (fleet_id, instance, type, last_modified),
            CONSTRAINT objects_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
    ]
}
