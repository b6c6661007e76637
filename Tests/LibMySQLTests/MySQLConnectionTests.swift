import FleetTestSupport
import LibMySQL
import Testing

/// The sandbox's server, in a database of the test's own.
func withConnection<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (MySQLConnection, TestDatabase) async throws -> Result
) async throws -> Result {
    try await Sandbox.shared().withFreshDatabase { database in
        let connection = try await MySQLConnection.open(try configuration(of: database))
        let result = try await body(connection, database)
        await connection.close()
        return result
    }
}

func configuration(of database: TestDatabase) throws -> MySQLConfiguration {
    var configuration = try MySQLConfiguration(url: database.url)
    configuration.password = database.password
    return configuration
}

@Suite struct MySQLConnectionTests {
    @Test func everyKindOfValueComesBackAsItWent() async throws {
        try await withConnection { connection, _ in
            try await connection.execute(
                """
                CREATE TABLE v (k INT PRIMARY KEY, i BIGINT, u BIGINT UNSIGNED, d DOUBLE, t LONGTEXT, b LONGBLOB,
                    at DATETIME(6), small TINYINT) CHARACTER SET utf8mb4
                """)
            let rows: [[MySQLValue]] = [
                [0, 0, .uint(0), 0.0, "", .bytes([]), .datetime(MySQLDateTime(microseconds: 0)), 0],
                [
                    1, .int(.min), .uint(.max), .double(.greatestFiniteMagnitude), "👩‍🚀 é \u{0} ' \" \\ %",
                    .bytes([0, 255, 10, 13]),
                    .datetime(MySQLDateTime(microseconds: 253_402_300_799_999_999)), -128,
                ],
                [
                    2, .int(.max), .uint(1 << 63), .double(.leastNonzeroMagnitude),
                    .string(String(repeating: "ä", count: 1 << 19)),
                    .bytes([UInt8](repeating: 7, count: 1 << 20)),
                    .datetime(MySQLDateTime(microseconds: 1_774_746_000_123_456)), 127,
                ],
                [3, .null, .null, .null, .null, .null, .null, .null],
                [
                    4, -1, .uint(511), .double(-1.5e-300), .string(String(repeating: "x", count: 512)),
                    .bytes([UInt8](repeating: 1, count: 513)), .datetime(MySQLDateTime(microseconds: -1)), 1,
                ],
            ]
            for row in rows {
                try await connection.execute("INSERT INTO v VALUES (\(MultiRowInsert.list(8)))", row)
            }
            let read = try await connection.query("SELECT * FROM v ORDER BY k")
            #expect(read.map(\.values) == rows)
            #expect(read.first?.columns.names == ["k", "i", "u", "d", "t", "b", "at", "small"])
        }
    }

    @Test func serverReadsValuesAsTheyAreMeant() async throws {
        try await withConnection { connection, database in
            try await connection.execute("CREATE TABLE v (t TEXT, at DATETIME(6), d DOUBLE) CHARACTER SET utf8mb4")
            try await connection.execute(
                "INSERT INTO v VALUES (?, ?, ?)",
                ["čau 🐟", .datetime(MySQLDateTime(microseconds: 1_774_746_000_123_456)), 0.1])
            let seen = try await database.mysql("SELECT HEX(t), at, d FROM v")
            #expect(seen == [["C48D617520F09F909F", "2026-03-29 01:00:00.123456", "0.1"]])
        }
    }

    @Test func decimalDateAndTimeComeAsTheServerWritesThem() async throws {
        try await withConnection { connection, _ in
            let row = try #require(
                try await connection.query(
                    "SELECT CAST('12.30' AS DECIMAL(10,2)), CAST('2026-11-23' AS DATE), CAST('12:13:14' AS TIME), "
                        + "CAST(1.5 AS FLOAT), UTC_TIMESTAMP(6) > '2020-01-01', COUNT(*), BINARY 'x' FROM DUAL"
                ).first)
            #expect(row.values == ["12.30", "2026-11-23", "12:13:14", 1.5, 1, 1, .bytes([120])])
        }
    }

    @Test func sessionIsStrictUTCAndCommitted() async throws {
        try await withConnection { connection, _ in
            let row = try #require(
                try await connection.query(
                    "SELECT @@time_zone, @@character_set_client, @@sql_mode LIKE '%STRICT_ALL_TABLES%', @@autocommit = 1, "
                        + "@@innodb_lock_wait_timeout = 10, @@tx_isolation"
                ).first)
            #expect(try row.get(0) as String == "+00:00")
            #expect(try row.get(1) as String == "utf8mb4")
            #expect(try row.get(2) as Bool && row.get(3) as Bool && row.get(4) as Bool)
            #expect(try row.get(5) as String == "READ-COMMITTED")
        }
    }

    @Test func serverIsNamedAndNumbered() async throws {
        try await withConnection { connection, database in
            let version = await connection.serverVersion
            #expect(version.isSupported)
            let id = await connection.threadID
            let listed = try await Sandbox.shared().mysql(
                "SELECT db FROM information_schema.processlist WHERE id = \(id)")
            #expect(listed == [[database.name]])
        }
    }

    @Test func outcomeCountsRowsFoundAndTellsTheNumberMade() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE v (id BIGINT PRIMARY KEY AUTO_INCREMENT, n INT)")
            let inserted = try await connection.execute("INSERT INTO v (n) VALUES (1),(1),(1)")
            #expect(inserted == MySQLConnection.Outcome(affectedRows: 3, lastInsertID: 1))
            let updated = try await connection.execute("UPDATE v SET n = 1 WHERE id < ?", [3])
            #expect(updated.affectedRows == 2, "rows found, also those that had the value")
            #expect(try await connection.execute("DELETE FROM v").affectedRows == 3)
        }
    }

    @Test func errorHasNumberStateAndStatementButNoArgument() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE v (k VARCHAR(20) PRIMARY KEY)")
            try await connection.execute("INSERT INTO v VALUES (?)", ["hunter2"])
            let error = await #expect(throws: MySQLError.self) {
                try await connection.execute("INSERT INTO v VALUES (?)", ["hunter2"])
            }
            #expect(error?.isDuplicate == true)
            #expect(error?.sqlState == "23000")
            #expect(
                error?.description
                    == "Duplicate entry '…' for key 'PRIMARY' (error 1062, SQLSTATE 23000) in: INSERT INTO v VALUES (?)"
            )
        }
    }

    @Test func valueTooLongIsRefusedAndNotCut() async throws {
        try await withConnection { connection, _ in
            try await connection.execute("CREATE TABLE v (k VARCHAR(3))")
            let error = await #expect(throws: MySQLError.self) {
                try await connection.execute("INSERT INTO v VALUES (?)", ["four"])
            }
            #expect(error?.code == 1406)
        }
    }

    @Test func wrongNumberOfArgumentsIsRefusedBeforeSending() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: MySQLError.self) { try await connection.query("SELECT ?, ?", [1]) }
            #expect(error?.message == "1 arguments for 2 placeholders")
            let row = try await connection.query("SELECT ?, ?", [1, 2]).first
            #expect(row?.values == [1, 2])
        }
    }

    @Test func secondStatementInOneTextIsRefused() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: MySQLError.self) { try await connection.execute("SELECT 1; SELECT 2") }
            #expect(error?.code == 1064)
        }
    }

    @Test func statementsBeyondTheKeptOnesAreForgotten() async throws {
        try await withConnection { connection, _ in
            for number in 0..<300 { _ = try await connection.query("SELECT \(number), ?", [1]) }
            let closed = try await connection.query("SHOW SESSION STATUS LIKE 'Com_stmt_close'")
            let count = try #require(Int(try closed.first?.get(1) as String? ?? ""))
            #expect(count >= 300 - 128)
        }
    }

    @Test func statementOutlivesAChangeOfItsTable() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            // The client library cannot take a result of more columns than it was told of: the pool begins anew.
            let pool = MySQLPool(try configuration(of: database))
            try await database.mysql("CREATE TABLE v (a INT); INSERT INTO v VALUES (1)")
            func read() async throws -> [[MySQLValue]] {
                try await pool.withConnection(retrying: .standard) {
                    try await $0.query("SELECT * FROM v").map(\.values)
                }
            }
            let before = try await read()
            try await database.mysql("ALTER TABLE v ADD COLUMN b VARCHAR(10) NOT NULL DEFAULT 'new'")
            let after = try await read()
            #expect(before == [[1]])
            #expect(after == [[1, "new"]])
            await pool.close()
        }
    }

    @Test func failingDecoderLeavesTheConnectionUsable() async throws {
        try await withConnection { connection, _ in
            let error = await #expect(throws: MySQLError.self) {
                try await connection.query("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3") {
                    row throws(MySQLError) in try row.get("n") as String
                }
            }
            #expect(error?.kind == .unexpectedValue)
            let row = try await connection.query("SELECT 5").first
            #expect(row?.values == [5])
        }
    }

    @Test func moreRowsThanAllowedIsAnError() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            var limited = try configuration(of: database)
            limited.maximumRows = 2
            let connection = try await MySQLConnection.open(limited)
            #expect(try await connection.query("SELECT 1 UNION ALL SELECT 2").count == 2)
            let error = await #expect(throws: MySQLError.self) {
                try await connection.query("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
            }
            #expect(error?.message == "more than 2 rows")
            await connection.close()
        }
    }

    @Test func slowAnswerEndsAtTheReadTimeout() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            var impatient = try configuration(of: database)
            impatient.readTimeout = .seconds(1)
            let connection = try await MySQLConnection.open(impatient)
            let began = ContinuousClock.now
            let error = await #expect(throws: MySQLError.self) { try await connection.query("SELECT SLEEP(20)") }
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(error?.isConnectionLost == true)
            #expect(await connection.isBroken)
            let next = await #expect(throws: MySQLError.self) { try await connection.query("SELECT 1") }
            #expect(next?.message == "the connection was lost before")
        }
    }

    @Test func closedConnectionTakesNoStatements() async throws {
        try await withConnection { connection, _ in
            await connection.close()
            await #expect(throws: MySQLError.self) { try await connection.query("SELECT 1") }
            #expect(await connection.ping() == false)
        }
    }

    @Test func waitingStatementsDoNotHoldUpOtherTasks() async throws {
        try await Sandbox.shared().withFreshDatabase { database in
            let settings = try configuration(of: database)
            let began = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let connection = try await MySQLConnection.open(settings)
                        _ = try await connection.query("SELECT SLEEP(1)")
                        await connection.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(ContinuousClock.now - began < .seconds(8), "twelve seconds would be one after another")
        }
    }
}
