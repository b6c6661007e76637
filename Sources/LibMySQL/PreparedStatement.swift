import CLibmysqlclient

/// A statement that the server has parsed, owned by the connection that prepared it.
final class PreparedStatement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let sql: String
    /// How many placeholders it has.
    let parameterCount: Int
    /// When it was used last, by its connection's count; the one used longest ago is forgotten first.
    var lastUse = 0

    /// Prepares a statement.
    /// - Source: mysql_stmt_init, mysql_stmt_prepare.
    init(_ sql: String, on mysql: UnsafeMutablePointer<MYSQL>, target: String) throws(MySQLError) {
        guard let handle = mysql_stmt_init(mysql) else {
            throw MySQLError(
                kind: .statement, code: Int(CR_OUT_OF_MEMORY), message: "no memory for a statement", statement: sql,
                target: target)
        }
        var text = sql
        let result = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count)) }
        }
        guard result == 0 else {
            let error = Self.error(of: handle, sql: sql, target: target)
            mysql_stmt_close(handle)
            throw error
        }
        self.handle = handle
        self.sql = sql
        parameterCount = Int(mysql_stmt_param_count(handle))
    }

    deinit { mysql_stmt_close(handle) }

    /// Sends the arguments and runs the statement; a result, if it has one, waits to be fetched.
    /// - Source: mysql_stmt_bind_param, mysql_stmt_execute.
    func execute(_ arguments: [MySQLValue], target: String) throws(MySQLError) {
        guard arguments.count == parameterCount else {
            throw MySQLError(
                kind: .statement, message: "\(arguments.count) arguments for \(parameterCount) placeholders",
                statement: sql, target: target)
        }
        let buffer = ParameterBuffer(arguments)
        let failed = withExtendedLifetime(buffer) {
            (!arguments.isEmpty && mysql_stmt_bind_param(handle, buffer.pointer) != 0)
                || mysql_stmt_execute(handle) != 0
        }
        if failed { throw Self.error(of: handle, sql: sql, target: target) }
    }

    /// Rows that the last execution changed, inserted or deleted; for a multi-row upsert 2 for each row changed.
    var affectedRows: Int {
        let count = mysql_stmt_affected_rows(handle)
        return count == UInt64.max ? 0 : Int(count)
    }

    /// The AUTO_INCREMENT value that the last execution made, the first of several; 0 is none.
    var lastInsertID: UInt64 { mysql_stmt_insert_id(handle) }

    /// Fetches the rows of the last execution, each decoded as it comes; what is left over when decoding fails is drained.
    /// - Source: mysql_stmt_result_metadata, mysql_stmt_bind_result, mysql_stmt_fetch, mysql_stmt_free_result.
    func fetch<Value>(
        maximum: Int, target: String, decode: (MySQLRow) throws(MySQLError) -> Value
    ) throws(MySQLError) -> [Value] {
        guard let metadata = mysql_stmt_result_metadata(handle) else { return [] }
        defer { mysql_free_result(metadata) }
        defer { mysql_stmt_free_result(handle) }
        let buffer = ResultBuffer(metadata: metadata)
        guard mysql_stmt_bind_result(handle, buffer.pointer) == 0 else {
            throw Self.error(of: handle, sql: sql, target: target)
        }
        var rows: [Value] = []
        while true {
            let result = mysql_stmt_fetch(handle)
            if result == MYSQL_NO_DATA { return rows }
            guard result == 0 || result == MYSQL_DATA_TRUNCATED, let row = buffer.row(of: handle) else {
                throw Self.error(of: handle, sql: sql, target: target)
            }
            guard rows.count < maximum else {
                throw MySQLError(
                    kind: .unexpectedValue, message: "more than \(maximum) rows", statement: sql, target: target)
            }
            rows.append(try decode(row))
        }
    }

    private static func error(of handle: UnsafeMutablePointer<MYSQL_STMT>, sql: String, target: String) -> MySQLError {
        MySQLError(
            kind: .statement, code: Int(mysql_stmt_errno(handle)),
            sqlState: String(cString: mysql_stmt_sqlstate(handle)),
            message: String(cString: mysql_stmt_error(handle)), statement: sql, target: target)
    }
}
