import FleetModel

extension TimeZoneRules {
    /// What a clock in the zone shows at an instant.
    public func local(_ instant: Instant) -> LocalDateTime {
        LocalDateTime(utc: instant + offset(at: instant))
    }

    /// The instant of a local time (SPEC 2).
    ///
    /// A time that a clock change skips is the instant at which the gap ends, also where it skips a whole day; a time that a
    /// clock change repeats is its first occurrence.
    public func instant(of local: LocalDateTime) -> Instant {
        Instant(seconds: seconds(ofLocal: local.secondsAsUTC))
    }

    /// The instant with the zone's offset, RFC 3339: `2026-03-29T03:00:00+02:00`.
    ///
    /// Universal time is written `+00:00`. An offset with seconds (local mean times, until 1972) is written `-00:44:30`, which
    /// RFC 3339 lacks and ISO 8601-2 has: nothing is rounded away.
    public func timestamp(_ instant: Instant) -> String {
        let offset = offset(at: instant)
        let size = abs(offset)
        var text = "\(LocalDateTime(utc: instant + offset))\(offset < 0 ? "-" : "+")"
        text += "\(inTwoDigits(size / 3600)):\(inTwoDigits(size / 60 % 60))"
        if size % 60 != 0 { text += ":\(inTwoDigits(size % 60))" }
        return text
    }

    /// The moment at which clocks show `wanted`, a local time counted as if it were universal.
    ///
    /// Walks the spans whose clocks can show it, in the order of time: the first that does is the first occurrence. Where none
    /// does, one change led from before it to after it, and that change is the end of the gap.
    func seconds(ofLocal wanted: Int64) -> Int64 {
        var span = span(at: wanted - TimeZoneRules.reach)
        var endOfGap: Int64?
        while true {
            let candidate = wanted - Int64(span.offset)
            if span.contains(candidate) { return candidate }
            // Clocks are at most `reach` behind: nothing later can show it.
            guard span.end <= wanted + TimeZoneRules.reach else { return endOfGap ?? candidate }
            let next = self.span(at: span.end)
            if endOfGap == nil, span.end + Int64(span.offset) <= wanted, wanted < span.end + Int64(next.offset) {
                endOfGap = span.end
            }
            span = next
        }
    }
}

/// A number of one or two digits in two.
func inTwoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
