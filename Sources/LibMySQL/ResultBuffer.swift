import CLibmysqlclient

/// The memory that the columns of one result are fetched into, row after row.
///
/// Numbers and instants have places of their own size. Text and bytes have a small place each, and what does not fit is
/// fetched again into one that does (mysql_stmt_fetch_column): most values are short, and the long ones are copied once.
final class ResultBuffer {
    /// How a column is fetched.
    private enum Form {
        case int, uint, double, datetime, text, bytes
    }

    /// The columns' names.
    let columns: MySQLColumns
    private let forms: [Form]
    private let binds: UnsafeMutableBufferPointer<MYSQL_BIND>
    private let lengths: UnsafeMutableBufferPointer<UInt>
    private let nulls: UnsafeMutableBufferPointer<my_bool>
    private let storage: UnsafeMutableRawPointer
    /// Bytes of each column's place; what the names and definitions of most rows fit in.
    private static let stride = 512

    /// The first of the binds, for mysql_stmt_bind_result.
    var pointer: UnsafeMutablePointer<MYSQL_BIND>? { binds.baseAddress }

    /// Places for the columns that a statement's metadata describes.
    init(metadata: UnsafeMutablePointer<MYSQL_RES>) {
        let count = Int(mysql_num_fields(metadata))
        let fields = UnsafeBufferPointer(start: mysql_fetch_fields(metadata), count: count)
        columns = MySQLColumns(
            names: fields.map { field in
                let name = UnsafeRawBufferPointer(start: field.name, count: Int(field.name_length))
                return String(decoding: name, as: UTF8.self)
            })
        forms = fields.map(Self.form)
        binds = .allocate(capacity: count)
        binds.initialize(repeating: MYSQL_BIND())
        lengths = .allocate(capacity: count)
        lengths.initialize(repeating: 0)
        nulls = .allocate(capacity: count)
        nulls.initialize(repeating: 0)
        storage = .allocate(byteCount: max(1, count * Self.stride), alignment: 16)
        for index in 0..<count { place(index) }
    }

    deinit {
        binds.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        storage.deallocate()
    }

    private static func form(of field: MYSQL_FIELD) -> Form {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_INT24, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            field.flags & UInt32(UNSIGNED_FLAG) != 0 ? .uint : .int
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
            .double
        case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP:
            .datetime
        case MYSQL_TYPE_TINY_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_BLOB, MYSQL_TYPE_BIT,
            MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_STRING, MYSQL_TYPE_VARCHAR, MYSQL_TYPE_GEOMETRY:
            // 63 is the character set "binary"; everything else comes as utf8mb4.
            field.charsetnr == 63 ? .bytes : .text
        default:
            .text  // DECIMAL, DATE, TIME, ENUM, SET, JSON: as the server writes them
        }
    }

    private func place(_ index: Int) {
        let address = storage + index * Self.stride
        binds[index].buffer = address
        binds[index].length = lengths.baseAddress.map { $0 + index }
        binds[index].is_null = nulls.baseAddress.map { $0 + index }
        switch forms[index] {
        case .int, .uint:
            binds[index].buffer_type = MYSQL_TYPE_LONGLONG
            binds[index].buffer_length = 8
            binds[index].is_unsigned = forms[index] == .uint ? 1 : 0
        case .double:
            binds[index].buffer_type = MYSQL_TYPE_DOUBLE
            binds[index].buffer_length = 8
        case .datetime:
            binds[index].buffer_type = MYSQL_TYPE_DATETIME
            binds[index].buffer_length = UInt(MemoryLayout<MYSQL_TIME>.size)
        case .text, .bytes:
            binds[index].buffer_type = forms[index] == .text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB
            binds[index].buffer_length = UInt(Self.stride)
        }
    }

    /// The row that mysql_stmt_fetch has just brought.
    func row(of statement: UnsafeMutablePointer<MYSQL_STMT>) -> MySQLRow? {
        var values: [MySQLValue] = []
        values.reserveCapacity(forms.count)
        for index in forms.indices {
            guard let value = value(at: index, of: statement) else { return nil }
            values.append(value)
        }
        return MySQLRow(columns: columns, values: values)
    }

    /// The value of a column; nil when fetching a long one failed (the statement has the error).
    private func value(at index: Int, of statement: UnsafeMutablePointer<MYSQL_STMT>) -> MySQLValue? {
        if nulls[index] != 0 { return .null }
        let address = storage + index * Self.stride
        switch forms[index] {
        case .int: return .int(address.load(as: Int64.self))
        case .uint: return .uint(address.load(as: UInt64.self))
        case .double: return .double(address.load(as: Double.self))
        case .datetime: return .datetime(MySQLDateTime(address.load(as: MYSQL_TIME.self)))
        case .text, .bytes:
            let count = Int(lengths[index])
            if count <= Self.stride {
                return Self.value(UnsafeRawBufferPointer(start: address, count: count), as: forms[index])
            }
            return longValue(at: index, count: count, of: statement)
        }
    }

    private func longValue(at index: Int, count: Int, of statement: UnsafeMutablePointer<MYSQL_STMT>) -> MySQLValue? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        var length: UInt = 0
        var null: my_bool = 0
        let result = withUnsafeMutablePointer(to: &length) { length in
            withUnsafeMutablePointer(to: &null) { null in
                var bind = MYSQL_BIND()
                bind.buffer_type = binds[index].buffer_type
                bind.buffer = buffer.baseAddress
                bind.buffer_length = UInt(count)
                bind.length = length
                bind.is_null = null
                return mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0)
            }
        }
        return result == 0 ? Self.value(UnsafeRawBufferPointer(buffer), as: forms[index]) : nil
    }

    private static func value(_ bytes: UnsafeRawBufferPointer, as form: Form) -> MySQLValue {
        form == .text ? .string(String(decoding: bytes, as: UTF8.self)) : .bytes(Array(bytes))
    }
}

extension MySQLDateTime {
    /// The instant of the client library's form; the zero date, which strict mode keeps out, is year 0.
    init(_ time: MYSQL_TIME) {
        self.init(
            year: Int(time.year), month: Int(time.month), day: Int(time.day), hour: Int(time.hour),
            minute: Int(time.minute), second: Int(time.second), microsecond: Int(time.second_part))
    }
}
