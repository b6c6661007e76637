extension Migration {
    /// Everything that SPEC names.
    ///
    /// How the tables are made:
    /// - Every row is keyed by fleet; natural names are the keys that rows refer to each other by, so that a batch is
    ///   written without looking numbers up. Users and instances have numbers too: 80bots' front ends know them by those.
    /// - Text is utf8mb4_bin: a name is its bytes, here as in AWS. Paths are VARBINARY, because S3 orders and tells them
    ///   apart by bytes, trailing spaces too.
    /// - Definitions are LONGTEXT and not JSON: MySQL's JSON type would reorder what is compared byte by byte.
    /// - Times are DATETIME(6) in UTC.
    static let initial = Migration(
        version: 1, title: "initial",
        statements: fleetTables + instanceTables + historyTables + workTables + cloudTables,
        isRepeatable: true)

    /// The end of each CREATE TABLE.
    static let engine = "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC"

    /// Columns that count and date the changes of a row.
    static let counted = """
        revision BIGINT NOT NULL DEFAULT 1,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
        """

    /// What people declare: fleets, regions, users, bots, schedules, deployments.
    private static let fleetTables = [
        """
        CREATE TABLE IF NOT EXISTS fleets (
            id BIGINT NOT NULL AUTO_INCREMENT,
            name VARCHAR(63) NOT NULL,
            account_id VARCHAR(12) NULL,
            settings LONGTEXT NOT NULL,
            last_applied_commit VARCHAR(64) NULL,
            \(counted),
            PRIMARY KEY (id),
            UNIQUE KEY fleets_name (name)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS regions (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            definition LONGTEXT NOT NULL,
            synced_at DATETIME(6) NULL,
            \(counted),
            PRIMARY KEY (fleet_id, name),
            CONSTRAINT regions_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS users (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            email VARCHAR(254) NOT NULL,
            status VARCHAR(16) NOT NULL,
            region VARCHAR(63) NULL,
            definition LONGTEXT NOT NULL,
            \(counted),
            PRIMARY KEY (id),
            UNIQUE KEY users_email (fleet_id, email),
            KEY users_region (fleet_id, region),
            CONSTRAINT users_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id),
            CONSTRAINT users_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS user_grants (
            fleet_id BIGINT NOT NULL,
            user_email VARCHAR(254) NOT NULL,
            source VARCHAR(49) NOT NULL,
            until_at DATETIME(6) NULL,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            PRIMARY KEY (fleet_id, user_email, source),
            KEY user_grants_until (until_at),
            CONSTRAINT user_grants_user FOREIGN KEY (fleet_id, user_email) REFERENCES users (fleet_id, email)
                ON DELETE CASCADE
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS bot_sources (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            definition LONGTEXT NOT NULL,
            commit_id VARCHAR(64) NULL,
            fetched_at DATETIME(6) NULL,
            last_error TEXT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, name),
            CONSTRAINT bot_sources_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS bots (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            source VARCHAR(63) NOT NULL,
            path VARCHAR(1024) NOT NULL,
            commit_id VARCHAR(64) NULL,
            definition LONGTEXT NOT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, name),
            CONSTRAINT bots_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS bundles (
            fleet_id BIGINT NOT NULL,
            bot VARCHAR(63) NOT NULL,
            bundle_key TEXT NOT NULL,
            content_digest VARCHAR(64) NOT NULL,
            digest VARCHAR(64) NOT NULL,
            size BIGINT NOT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, bot),
            KEY bundles_digest (fleet_id, digest),
            CONSTRAINT bundles_bot FOREIGN KEY (fleet_id, bot) REFERENCES bots (fleet_id, name)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS schedules (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            definition LONGTEXT NOT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, name),
            CONSTRAINT schedules_fleet FOREIGN KEY (fleet_id) REFERENCES fleets (id)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS deployments (
            fleet_id BIGINT NOT NULL,
            name VARCHAR(63) NOT NULL,
            user_email VARCHAR(254) NOT NULL,
            bot VARCHAR(63) NOT NULL,
            region VARCHAR(63) NOT NULL,
            schedule VARCHAR(63) NULL,
            instance_count INT NOT NULL,
            protect TINYINT NOT NULL DEFAULT 0,
            definition LONGTEXT NOT NULL,
            cursor_at DATETIME(6) NOT NULL,
            next_transition_at DATETIME(6) NULL,
            \(counted),
            PRIMARY KEY (fleet_id, name),
            KEY deployments_due (fleet_id, region, next_transition_at),
            KEY deployments_user (fleet_id, user_email),
            KEY deployments_bot (fleet_id, bot),
            KEY deployments_schedule (fleet_id, schedule),
            CONSTRAINT deployments_user FOREIGN KEY (fleet_id, user_email) REFERENCES users (fleet_id, email),
            CONSTRAINT deployments_bot FOREIGN KEY (fleet_id, bot) REFERENCES bots (fleet_id, name),
            CONSTRAINT deployments_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name),
            CONSTRAINT deployments_schedule FOREIGN KEY (fleet_id, schedule) REFERENCES schedules (fleet_id, name)
        ) \(engine)
        """,
    ]

    /// What exists in AWS for it.
    private static let instanceTables = [
        """
        CREATE TABLE IF NOT EXISTS instances (
            id BIGINT NOT NULL AUTO_INCREMENT,
            fleet_id BIGINT NOT NULL,
            name VARCHAR(255) NOT NULL,
            deployment VARCHAR(63) NULL,
            managed TINYINT NOT NULL,
            region VARCHAR(63) NOT NULL,
            user_email VARCHAR(254) NOT NULL,
            bot VARCHAR(63) NULL,
            state VARCHAR(16) NOT NULL,
            spec LONGTEXT NULL,
            generation BIGINT NOT NULL,
            instance_id VARCHAR(64) NULL,
            client_token VARCHAR(64) NULL,
            instance_type VARCHAR(64) NULL,
            storage_gb INT NULL,
            image_id VARCHAR(64) NULL,
            subnet_id VARCHAR(64) NULL,
            public_ip VARCHAR(45) NULL,
            private_ip VARCHAR(45) NULL,
            key_name VARCHAR(255) NULL,
            launched_at DATETIME(6) NULL,
            up_time_minutes BIGINT NOT NULL DEFAULT 0,
            total_up_time_minutes BIGINT NOT NULL DEFAULT 0,
            params_version BIGINT NOT NULL DEFAULT 0,
            params_digest VARCHAR(64) NULL,
            absent_since DATETIME(6) NULL,
            last_error TEXT NULL,
            \(counted),
            PRIMARY KEY (id),
            UNIQUE KEY instances_name (fleet_id, name),
            KEY instances_deployment (fleet_id, deployment),
            KEY instances_region (fleet_id, region, instance_id),
            KEY instances_user (fleet_id, user_email),
            KEY instances_bot (fleet_id, bot),
            KEY instances_state (fleet_id, state),
            CONSTRAINT instances_deployment FOREIGN KEY (fleet_id, deployment) REFERENCES deployments (fleet_id, name),
            CONSTRAINT instances_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name),
            CONSTRAINT instances_user FOREIGN KEY (fleet_id, user_email) REFERENCES users (fleet_id, email),
            CONSTRAINT instances_bot FOREIGN KEY (fleet_id, bot) REFERENCES bots (fleet_id, name)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS security_groups (
            fleet_id BIGINT NOT NULL,
            region VARCHAR(63) NOT NULL,
            user_email VARCHAR(254) NOT NULL,
            group_id VARCHAR(64) NOT NULL,
            definition LONGTEXT NOT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, region, user_email),
            KEY security_groups_user (fleet_id, user_email),
            CONSTRAINT security_groups_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name),
            CONSTRAINT security_groups_user FOREIGN KEY (fleet_id, user_email) REFERENCES users (fleet_id, email)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS key_pairs (
            fleet_id BIGINT NOT NULL,
            region VARCHAR(63) NOT NULL,
            user_email VARCHAR(254) NOT NULL,
            key_name VARCHAR(255) NOT NULL,
            definition LONGTEXT NOT NULL,
            \(counted),
            PRIMARY KEY (fleet_id, region, user_email),
            KEY key_pairs_user (fleet_id, user_email),
            CONSTRAINT key_pairs_region FOREIGN KEY (fleet_id, region) REFERENCES regions (fleet_id, name),
            CONSTRAINT key_pairs_user FOREIGN KEY (fleet_id, user_email) REFERENCES users (fleet_id, email)
        ) \(engine)
        """,
        """
        CREATE TABLE IF NOT EXISTS power_overrides (
            fleet_id BIGINT NOT NULL,
            instance VARCHAR(255) NOT NULL,
            state VARCHAR(16) NOT NULL,
            until_at DATETIME(6) NULL,
            author VARCHAR(255) NULL,
            created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            PRIMARY KEY (fleet_id, instance),
            KEY power_overrides_until (until_at),
            CONSTRAINT power_overrides_instance FOREIGN KEY (fleet_id, instance) REFERENCES instances (fleet_id, name)
                ON DELETE CASCADE
        ) \(engine)
        """,
    ]
}
