import FleetModel

/// One time zone's offsets from universal time, for every year.
///
/// What the file lists explicitly is a sorted table; after its last entry the footer's rule holds (RFC 9636 section 3.3), and
/// before its first the file's first type. Immutable; equal tables are equal values.
public struct TimeZoneRules: Hashable, Sendable {
    /// The IANA name: `Europe/Berlin`.
    public let name: String
    /// Instants, ascending, from which on ``offsets`` hold.
    private let starts: [Int64]
    private let offsets: [Int]
    /// The offset before the first of ``starts``.
    private let firstOffset: Int
    /// What holds from the last of ``starts`` on; nil keeps the last offset.
    private let footer: PosixZoneRule?

    /// The most seconds that an offset may be away from zero: 26 hours, less one second (RFC 9636 section 3.2).
    static let reach: Int64 = 93_599

    /// Universal time itself.
    public static let utc = TimeZoneRules(name: "UTC", starts: [], offsets: [], firstOffset: 0, footer: nil)

    /// Reads the bytes of a TZif file of version 1 to 4.
    ///
    /// Throws: `TimeZoneFailure.corrupt` for anything that RFC 9636 does not allow, and for files that count leap seconds.
    /// Source: RFC 9636 section 3, RFC 8536.
    public init(name: String, tzif bytes: [UInt8]) throws(TimeZoneFailure) {
        let file: TZifFile
        do {
            file = try TZifFile(bytes)
        } catch {
            throw TimeZoneFailure.corrupt(name, reason: error.reason)
        }
        self.init(
            name: name, starts: file.starts, offsets: file.offsets, firstOffset: file.firstOffset, footer: file.footer)
    }

    init(name: String, starts: [Int64], offsets: [Int], firstOffset: Int, footer: PosixZoneRule?) {
        self.name = name
        self.starts = starts
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.footer = footer
    }

    /// Seconds east of Greenwich at an instant.
    public func offset(at instant: Instant) -> Int { span(at: instant.seconds).offset }

    /// The stretch around a moment through which its offset holds; a neighbour may have the same offset.
    func span(at seconds: Int64) -> OffsetSpan {
        guard let last = starts.last else {
            return footer?.span(at: seconds) ?? OffsetSpan(start: .min, end: .max, offset: firstOffset)
        }
        if seconds >= last {
            guard let footer else { return OffsetSpan(start: last, end: .max, offset: offsets[offsets.count - 1]) }
            var span = footer.span(at: seconds)
            span.start = max(span.start, last)
            return span
        }
        let following = countOfStarts(through: seconds)
        return OffsetSpan(
            start: following == 0 ? .min : starts[following - 1], end: starts[following],
            offset: following == 0 ? firstOffset : offsets[following - 1])
    }

    /// How many of ``starts`` are at or before a moment, by halving.
    private func countOfStarts(through seconds: Int64) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
