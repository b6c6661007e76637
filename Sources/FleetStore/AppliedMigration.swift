import LibMySQL

/// A row of `schema_migrations`.
struct AppliedMigration: Sendable, Equatable {
    let version: Int
    let name: String
    let checksum: String
    let isFinished: Bool
    let statementsDone: Int
    let isUnlocked: Bool

    init(_ row: MySQLRow) throws(MySQLError) {
        version = try row.get(0)
        name = try row.get(1)
        checksum = try row.get(2)
        isFinished = try row.get(3)
        statementsDone = try row.get(4)
        isUnlocked = try row.get(5)
    }
}
