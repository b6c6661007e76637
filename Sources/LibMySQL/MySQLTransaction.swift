/// A connection lent for the length of one transaction or one visit; not to be kept.
public struct MySQLTransaction: Sendable {
    /// The connection itself, for what this type has no word for.
    public let connection: MySQLConnection

    /// Runs a statement that changes something.
    @discardableResult
    public func execute(
        _ sql: String, _ arguments: [MySQLValue] = []
    ) async throws(MySQLError) -> MySQLConnection.Outcome {
        try await connection.execute(sql, arguments)
    }

    /// Runs a statement and returns its rows.
    public func query(_ sql: String, _ arguments: [MySQLValue] = []) async throws(MySQLError) -> [MySQLRow] {
        try await connection.query(sql, arguments)
    }

    /// Runs a statement and returns its rows decoded.
    public func query<Value: Sendable>(
        _ sql: String, _ arguments: [MySQLValue] = [], decode: @Sendable (MySQLRow) throws(MySQLError) -> Value
    ) async throws(MySQLError) -> [Value] {
        try await connection.query(sql, arguments, decode: decode)
    }

    /// Inserts rows in batches: `head` is everything before the placeholders, `tail` what comes after them.
    ///
    /// Every row has as many values as the first. No rows, no statement. Returns the affected rows of all batches.
    @discardableResult
    public func insert(_ head: String, rows: [[MySQLValue]], _ tail: String = "") async throws(MySQLError) -> Int {
        guard let columns = rows.first?.count else { return 0 }
        let size = MultiRowInsert.batchSize(columns: columns)
        var affected = 0
        for start in stride(from: 0, to: rows.count, by: size) {
            let batch = rows[start..<min(start + size, rows.count)]
            let places = MultiRowInsert.placeholders(rows: batch.count, columns: columns)
            affected += try await execute("\(head) \(places) \(tail)", batch.flatMap { $0 }).affectedRows
        }
        return affected
    }
}
