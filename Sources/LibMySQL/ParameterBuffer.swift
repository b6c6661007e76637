import CLibmysqlclient

/// The memory that a statement's arguments are sent from: one block, valid until `deinit`.
final class ParameterBuffer {
    private let binds: UnsafeMutableBufferPointer<MYSQL_BIND>
    private let storage: UnsafeMutableRawPointer

    /// The first of the binds, for mysql_stmt_bind_param.
    var pointer: UnsafeMutablePointer<MYSQL_BIND>? { binds.baseAddress }

    init(_ values: [MySQLValue]) {
        binds = .allocate(capacity: values.count)
        binds.initialize(repeating: MYSQL_BIND())
        let size = values.reduce(0) { $0 + Self.size(of: $1) }
        storage = .allocate(byteCount: max(size, 1), alignment: 16)
        var place = storage
        for (index, value) in values.enumerated() {
            fill(index, with: value, at: place)
            place += Self.size(of: value)
        }
    }

    deinit {
        binds.deallocate()
        storage.deallocate()
    }

    /// Bytes for a value, a multiple of 16 so that the next one is aligned.
    private static func size(of value: MySQLValue) -> Int {
        let bytes =
            switch value {
            case .null: 0
            case .int, .uint, .double: 8
            case .string(let text): text.utf8.count
            case .bytes(let bytes): bytes.count
            case .datetime: MemoryLayout<MYSQL_TIME>.size
            }
        return (bytes + 15) & ~15
    }

    private func fill(_ index: Int, with value: MySQLValue, at place: UnsafeMutableRawPointer) {
        switch value {
        case .null:
            binds[index].buffer_type = MYSQL_TYPE_NULL
        case .int(let number):
            place.storeBytes(of: number, as: Int64.self)
            bind(index, MYSQL_TYPE_LONGLONG, place, 8)
        case .uint(let number):
            place.storeBytes(of: number, as: UInt64.self)
            bind(index, MYSQL_TYPE_LONGLONG, place, 8)
            binds[index].is_unsigned = 1
        case .double(let number):
            place.storeBytes(of: number, as: Double.self)
            bind(index, MYSQL_TYPE_DOUBLE, place, 8)
        case .string(let text):
            var text = text
            let count = text.withUTF8 { bytes in
                if let base = bytes.baseAddress { place.copyMemory(from: base, byteCount: bytes.count) }
                return bytes.count
            }
            bind(index, MYSQL_TYPE_STRING, place, count)
        case .bytes(let bytes):
            bytes.withUnsafeBytes { if let base = $0.baseAddress { place.copyMemory(from: base, byteCount: $0.count) } }
            bind(index, MYSQL_TYPE_BLOB, place, bytes.count)
        case .datetime(let instant):
            place.bindMemory(to: MYSQL_TIME.self, capacity: 1).initialize(to: MYSQL_TIME(instant))
            bind(index, MYSQL_TYPE_DATETIME, place, MemoryLayout<MYSQL_TIME>.size)
        }
    }

    private func bind(_ index: Int, _ type: enum_field_types, _ place: UnsafeMutableRawPointer, _ count: Int) {
        binds[index].buffer_type = type
        binds[index].buffer = place
        binds[index].buffer_length = UInt(count)
    }
}

extension MYSQL_TIME {
    /// The client library's form of an instant.
    init(_ instant: MySQLDateTime) {
        self.init()
        let part = instant.fields
        year = UInt32(clamping: part.year)
        month = UInt32(part.month)
        day = UInt32(part.day)
        hour = UInt32(part.hour)
        minute = UInt32(part.minute)
        second = UInt32(part.second)
        second_part = UInt(part.microsecond)
        time_type = MYSQL_TIMESTAMP_DATETIME
    }
}
