import FleetTestSupport
import LibMySQL
import Synchronization
import Testing

/// Counts, across tasks.
final class Tally: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    @discardableResult
    func add() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }
}

/// How many are inside at once, and the most there ever were.
final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }
    func enter() {
        counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }
    func leave() { counts.withLock { $0.now -= 1 } }
}

@Suite struct MySQLPoolTests {
    private func withPool<Result>(
        limit: Int = 4, waitLimit: Duration = .seconds(30), isolation: isolated (any Actor)? = #isolation,
        change: (inout MySQLConfiguration) -> Void = { _ in },
        _ body: (MySQLPool, TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await Sandbox.shared().withFreshDatabase { database in
            var settings = try configuration(of: database)
            change(&settings)
            let pool = MySQLPool(settings, limit: limit, waitLimit: waitLimit)
            try await database.mysql(
                "CREATE TABLE v (k INT PRIMARY KEY, n INT NOT NULL); INSERT INTO v VALUES (1, 0), (2, 0)")
            let result = try await body(pool, database)
            await pool.close()
            return result
        }
    }

    @Test func committedTransactionStaysAndThrownOneIsRolledBack() async throws {
        try await withPool { pool, database in
            try await pool.transaction { transaction in
                _ = try await transaction.execute("UPDATE v SET n = 5 WHERE k = 1")
            }
            await #expect(throws: CancellationError.self) {
                try await pool.transaction { transaction in
                    _ = try await transaction.execute("UPDATE v SET n = 6 WHERE k = 1")
                    throw CancellationError()
                }
            }
            #expect(try await database.mysql("SELECT n FROM v WHERE k = 1") == [["5"]])
        }
    }

    @Test func deadlockedTransactionsAreRunAgainUntilBothAreDone() async throws {
        try await withPool { pool, database in
            let runs = Tally()
            let first = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (mine, other) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await pool.transaction { transaction in
                            runs.add()
                            _ = try await transaction.execute("UPDATE v SET n = n + 1 WHERE k = ?", [.int(Int64(mine))])
                            first.add()
                            // Both have their first row before either asks for its second: a deadlock, not a race.
                            try await waitUntil("both hold a row") { first.count >= 2 }
                            _ = try await transaction.execute(
                                "UPDATE v SET n = n + 1 WHERE k = ?", [.int(Int64(other))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(runs.count >= 3, "one of the two was a deadlock's victim and ran again")
            #expect(try await database.mysql("SELECT n FROM v ORDER BY k") == [["2"], ["2"]])
        }
    }

    @Test func deadlockIsThrownWhenTheTriesAreUsedUp() async throws {
        try await withPool { pool, _ in
            let first = Tally()
            let victims = Tally()
            await withTaskGroup(of: Void.self) { group in
                for (mine, other) in [(1, 2), (2, 1)] {
                    group.addTask {
                        do {
                            try await pool.transaction(retrying: .never) { transaction in
                                _ = try await transaction.execute(
                                    "UPDATE v SET n = n + 1 WHERE k = ?", [.int(Int64(mine))])
                                first.add()
                                try await waitUntil("both hold a row") { first.count >= 2 }
                                _ = try await transaction.execute(
                                    "UPDATE v SET n = n + 1 WHERE k = ?", [.int(Int64(other))])
                            }
                        } catch let error as MySQLError where error.isDeadlock {
                            victims.add()
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
            #expect(victims.count == 1)
        }
    }

    @Test func lockThatIsHeldTooLongIsWaitedForAgain() async throws {
        try await withPool(change: { $0.lockWaitTimeout = .seconds(1) }) { pool, database in
            let runs = Tally()
            try await pool.transaction { holder in
                _ = try await holder.execute("UPDATE v SET n = 100 WHERE k = 1")
                async let waiting: Void = pool.transaction { transaction in
                    runs.add()
                    _ = try await transaction.execute("UPDATE v SET n = n + 1 WHERE k = 1")
                }
                try await waitUntil("the other has timed out once") { runs.count >= 2 }
                _ = try await holder.execute("COMMIT")
                try await waiting
            }
            #expect(try await database.mysql("SELECT n FROM v WHERE k = 1") == [["101"]])
        }
    }

    @Test func connectionKilledWithinATransactionIsReplacedAndTheWholeRunsAgain() async throws {
        try await withPool { pool, database in
            let runs = Tally()
            try await pool.transaction { transaction in
                let run = runs.add()
                _ = try await transaction.execute("UPDATE v SET n = n + 1 WHERE k = 1")
                if run == 1 { try await Sandbox.shared().mysql("KILL \(await transaction.connection.threadID)") }
                _ = try await transaction.execute("UPDATE v SET n = n + 1 WHERE k = 2")
            }
            #expect(runs.count == 2)
            #expect(try await database.mysql("SELECT n FROM v ORDER BY k") == [["1"], ["1"]])
        }
    }

    @Test func connectionLostDuringCommitIsInDoubtAndSaidSo() async throws {
        try await PrivateServer.run { server in
            try await server.sql("CREATE TABLE t.v (k INT PRIMARY KEY, n INT); INSERT INTO t.v VALUES (1, 0)")
            let pool = MySQLPool(server.configuration())
            let error = try await Self.loseCommit(pool, server, doubt: .fail)
            #expect(error?.kind == .commitOutcomeUnknown)
            #expect(error?.statement == "COMMIT")
            await pool.close()
        }
    }

    @Test func connectionLostDuringCommitRunsAgainWhereThatIsSafe() async throws {
        try await PrivateServer.run { server in
            try await server.sql("CREATE TABLE t.v (k INT PRIMARY KEY, n INT); INSERT INTO t.v VALUES (1, 0)")
            let pool = MySQLPool(server.configuration())
            let error = try await Self.loseCommit(pool, server, doubt: .runAgain)
            #expect(error == nil)
            #expect(try await server.sql("SELECT n FROM t.v") == "7\n")
            await pool.close()
        }
    }

    /// Loses the connection of a transaction's first run while its COMMIT waits for a global read lock.
    private static func loseCommit(
        _ pool: MySQLPool, _ server: PrivateServer, doubt: MySQLPool.CommitDoubt
    ) async throws -> MySQLError? {
        let blocker = try await MySQLConnection.open(server.configuration())
        let reached = Tally()
        let work = Task { () -> MySQLError? in
            do {
                try await pool.transaction(whenCommitIsInDoubt: doubt) { transaction in
                    _ = try await transaction.execute("UPDATE v SET n = 7 WHERE k = 1")
                    if reached.add() == 1 { _ = try await blocker.execute("FLUSH TABLES WITH READ LOCK") }
                }
                return nil
            } catch let error as MySQLError {
                return error
            }
        }
        var id = ""
        try await waitUntil("COMMIT waits") {
            id = try await server.sql("SELECT id FROM information_schema.processlist WHERE info = 'COMMIT'")
            return !id.isEmpty
        }
        try await server.sql("KILL \(id)")
        _ = try await blocker.execute("UNLOCK TABLES")
        let error = try await work.value
        await blocker.close()
        return error
    }

    @Test func serverThatRestartsIsWaitedFor() async throws {
        try await PrivateServer.run { server in
            let pool = MySQLPool(server.configuration())
            try await pool.withConnection { connection in
                _ = try await connection.execute("CREATE TABLE v (k INT PRIMARY KEY)")
            }
            try await server.stop()
            async let written: Void = pool.transaction(
                retrying: MySQLRetryPolicy(
                    attempts: 60, firstPause: .milliseconds(50), longestPause: .milliseconds(500))
            ) { transaction in
                _ = try await transaction.execute("INSERT INTO v VALUES (1)")
            }
            try await server.start()
            try await written
            #expect(try await server.sql("SELECT k FROM t.v") == "1\n")
            await server.kill()
            let error = await #expect(throws: MySQLError.self) {
                try await pool.transaction(
                    retrying: MySQLRetryPolicy(attempts: 2, firstPause: .zero, longestPause: .zero)
                ) { transaction in _ = try await transaction.query("SELECT 1") }
            }
            #expect(error?.isUnreachable == true || error?.isConnectionLost == true)
            await pool.close()
        }
    }

    @Test func serverThatWasNeverReachedIsReportedAtOnce() async throws {
        let pool = MySQLPool(MySQLConfiguration(endpoint: .host("127.0.0.1", port: UInt16(try freePort()))))
        let began = ContinuousClock.now
        await #expect(throws: MySQLError.self) { try await pool.transaction { _ in } }
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    @Test func connectionsAreBoundedAndWhoWaitsIsServedInTurn() async throws {
        try await withPool(limit: 3) { pool, _ in
            let served = Tally()
            let inside = Crowd()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            inside.enter()
                            _ = try await connection.query("SELECT SLEEP(0.02)")
                            inside.leave()
                            served.add()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(served.count == 24)
            #expect(inside.most == 3)
        }
    }

    @Test func whoWaitsTooLongIsTold() async throws {
        try await withPool(limit: 1, waitLimit: .milliseconds(100)) { pool, _ in
            try await pool.withConnection { _ in
                let error = await #expect(throws: MySQLError.self) { try await pool.withConnection { _ in } }
                #expect(error?.kind == .poolExhausted)
            }
            try await pool.withConnection { _ in }
        }
    }

    @Test func cancelledWaiterLeavesTheQueue() async throws {
        try await withPool(limit: 1) { pool, _ in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.withConnection { _ in } }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
            }
            try await pool.withConnection { _ in }
        }
    }

    @Test func closedPoolLendsNothing() async throws {
        try await withPool { pool, _ in
            try await pool.withConnection { _ in }
            await pool.close()
            let error = await #expect(throws: MySQLError.self) { try await pool.withConnection { _ in } }
            #expect(error?.message == "the pool of database connections is closed")
        }
    }

    @Test func snapshotSeesOneInstantAndWritesNothing() async throws {
        try await withPool { pool, database in
            try await pool.snapshot { transaction in
                #expect(try await transaction.query("SELECT n FROM v WHERE k = 1").first?.values == [0])
                try await database.mysql("UPDATE v SET n = 9")
                #expect(try await transaction.query("SELECT n FROM v WHERE k = 2").first?.values == [0])
                let error = await #expect(throws: MySQLError.self) {
                    try await transaction.execute("UPDATE v SET n = 1")
                }
                #expect(error?.code == 1792)
            }
            try await pool.withConnection { connection in
                let row = try await connection.query("SELECT n FROM v WHERE k = 2").first
                #expect(row?.values == [9])
            }
        }
    }

    @Test func statementsAreCountedAndRecordedWithoutArguments() async throws {
        try await withPool { pool, _ in
            try await pool.withConnection { _ in }
            let before = pool.log.count
            pool.log.startRecording()
            try await pool.transaction { transaction in
                _ = try await transaction.execute("UPDATE v SET n = ? WHERE k = ?", [4, 1])
            }
            #expect(pool.log.stopRecording() == ["START TRANSACTION", "UPDATE v SET n = ? WHERE k = ?", "COMMIT"])
            #expect(pool.log.count - before == 3)
            #expect(pool.log.stopRecording().isEmpty)
        }
    }

    @Test func manyRowsGoInByBatches() async throws {
        try await withPool { pool, database in
            pool.log.startRecording()
            let rows = (100..<1350).map { [MySQLValue.int(Int64($0)), .int(1)] }
            let count = try await pool.transaction { transaction in
                try await transaction.insert("INSERT INTO v (k, n) VALUES", rows: rows)
            }
            #expect(count == 1250)
            #expect(pool.log.stopRecording().count == 2 + 3)
            #expect(try await database.mysql("SELECT COUNT(*), SUM(n) FROM v") == [["1252", "1250"]])
        }
    }

    @Test func noRowsAreNoStatement() async throws {
        try await withPool { pool, _ in
            try await pool.withConnection { connection in
                let before = pool.log.count
                let count = try await connection.insert("INSERT INTO v VALUES", rows: [])
                #expect(count == 0)
                #expect(pool.log.count == before)
            }
        }
    }

    @Test func batchesStayBelowTheProtocolsPlaceholders() {
        #expect(MultiRowInsert.batchSize(columns: 2) == 500)
        #expect(MultiRowInsert.batchSize(columns: 1000) == 65)
        #expect(MultiRowInsert.batchSize(columns: 70_000) == 1)
        #expect(MultiRowInsert.placeholders(rows: 2, columns: 3) == "(?,?,?),(?,?,?)")
    }
}
