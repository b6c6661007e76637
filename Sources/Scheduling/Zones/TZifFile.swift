/// The parts of a TZif file that offsets follow from (RFC 9636, RFC 8536; versions 1 to 4).
///
/// A file is untrusted: every count and index is checked against the bytes there are before it is used.
struct TZifFile {
    /// Where the bytes fail.
    struct Damage: Error {
        var reason: String
    }

    /// Instants, strictly ascending, and the offset from each on.
    var starts: [Int64] = []
    var offsets: [Int] = []
    /// The offset of the first type: what holds before the first change.
    var firstOffset = 0
    var footer: PosixZoneRule?

    /// Reads a whole file.
    init(_ bytes: [UInt8]) throws(Damage) {
        var reader = TZifReader(bytes)
        let first = try TZifHeader(&reader)
        guard first.version >= 2 else {
            try readBlock(&reader, first, timeWidth: 4)
            return
        }
        // The 32-bit block of old readers is passed over: the second block has all of it and more.
        try reader.skip(first.blockLength(timeWidth: 4), "the version 1 block")
        let second = try TZifHeader(&reader)
        try readBlock(&reader, second, timeWidth: 8)
        let text = try reader.footer()
        guard !text.isEmpty else { return }
        guard let rule = PosixZoneRule(text) else { throw Damage(reason: "its footer is not a POSIX TZ rule") }
        footer = rule
    }

    private mutating func readBlock(
        _ reader: inout TZifReader, _ header: TZifHeader, timeWidth: Int
    ) throws(Damage) {
        guard header.typeCount > 0 else { throw Damage(reason: "it has no types") }
        guard header.leapCount == 0 else { throw Damage(reason: "it counts leap seconds") }
        guard header.blockLength(timeWidth: timeWidth) <= reader.remaining else {
            throw Damage(reason: "it ends within its table")
        }
        starts = []
        starts.reserveCapacity(header.timeCount)
        for _ in 0..<header.timeCount {
            let time = timeWidth == 8 ? try reader.int64() : Int64(try reader.int32())
            if let last = starts.last, time <= last { throw Damage(reason: "its changes are not in order") }
            starts.append(time)
        }
        var types: [Int] = []
        types.reserveCapacity(header.timeCount)
        for _ in 0..<header.timeCount {
            let type = Int(try reader.byte())
            guard type < header.typeCount else { throw Damage(reason: "a change names a type that is not there") }
            types.append(type)
        }
        var typeOffsets: [Int] = []
        for _ in 0..<header.typeCount {
            let offset = Int(try reader.int32())
            guard abs(offset) <= Int(TimeZoneRules.reach) else { throw Damage(reason: "an offset is over 26 hours") }
            let isDaylight = try reader.byte()
            guard isDaylight <= 1 else { throw Damage(reason: "a type is neither standard nor daylight saving time") }
            guard Int(try reader.byte()) < header.characterCount else {
                throw Damage(reason: "a type names an abbreviation that is not there")
            }
            typeOffsets.append(offset)
        }
        try reader.skip(header.characterCount + header.standardCount + header.universalCount, "its table")
        offsets = types.map { typeOffsets[$0] }
        firstOffset = typeOffsets[0]
    }
}

/// The header of a TZif data block (RFC 9636 section 3.1).
private struct TZifHeader {
    var version: Int
    var universalCount: Int
    var standardCount: Int
    var leapCount: Int
    var timeCount: Int
    var typeCount: Int
    var characterCount: Int

    init(_ reader: inout TZifReader) throws(TZifFile.Damage) {
        guard reader.take(4) == Array("TZif".utf8) else { throw TZifFile.Damage(reason: "it does not begin with TZif") }
        switch try reader.byte() {
        case 0: version = 1
        case let digit where (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(digit):
            // A later version only adds to what this reads (RFC 9636 section 3.1).
            version = Int(digit - UInt8(ascii: "0"))
        default: throw TZifFile.Damage(reason: "its version is unknown")
        }
        try reader.skip(15, "its header")
        universalCount = try reader.count()
        standardCount = try reader.count()
        leapCount = try reader.count()
        timeCount = try reader.count()
        typeCount = try reader.count()
        characterCount = try reader.count()
        guard universalCount == 0 || universalCount == typeCount, standardCount == 0 || standardCount == typeCount
        else {
            throw TZifFile.Damage(reason: "its counts disagree")
        }
    }

    /// Bytes of the block after the header. Counts are below 2³², so nothing here overflows.
    func blockLength(timeWidth: Int) -> Int {
        timeCount * (timeWidth + 1) + typeCount * 6 + characterCount + leapCount * (timeWidth + 4) + standardCount
            + universalCount
    }
}

/// Big-endian numbers from bytes, never past their end.
private struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func take(_ count: Int) -> [UInt8] {
        let end = position + min(count, remaining)
        defer { position = end }
        return Array(bytes[position..<end])
    }

    mutating func skip(_ count: Int, _ what: String) throws(TZifFile.Damage) {
        guard count <= remaining else { throw TZifFile.Damage(reason: "it ends within \(what)") }
        position += count
    }

    mutating func byte() throws(TZifFile.Damage) -> UInt8 {
        guard remaining > 0 else { throw TZifFile.Damage(reason: "it ends too soon") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func count() throws(TZifFile.Damage) -> Int { Int(UInt32(bitPattern: try int32())) }

    mutating func int32() throws(TZifFile.Damage) -> Int32 { Int32(truncatingIfNeeded: try bigEndian(4)) }

    mutating func int64() throws(TZifFile.Damage) -> Int64 { Int64(bitPattern: try bigEndian(8)) }

    private mutating func bigEndian(_ width: Int) throws(TZifFile.Damage) -> UInt64 {
        guard width <= remaining else { throw TZifFile.Damage(reason: "it ends too soon") }
        defer { position += width }
        return bytes[position..<position + width].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The text between the two newlines that end the file.
    mutating func footer() throws(TZifFile.Damage) -> String {
        let newline = UInt8(ascii: "\n")
        guard remaining > 0, bytes[position] == newline, let end = bytes[(position + 1)...].firstIndex(of: newline)
        else {
            throw TZifFile.Damage(reason: "it has no footer")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    }
}
