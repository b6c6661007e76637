/// Local to universal time for many times that lie near each other: remembers the span of the last one.
struct LocalClock {
    private let rules: TimeZoneRules
    private var span: OffsetSpan

    /// A clock of a zone, first asked about a time near `seconds`.
    init(_ rules: TimeZoneRules, near seconds: Int64) {
        self.rules = rules
        span = rules.span(at: seconds)
    }

    /// The moment at which clocks show a local time that is counted as if it were universal (SPEC 2's rule).
    mutating func seconds(ofLocal wanted: Int64) -> Int64 {
        let candidate = wanted - Int64(span.offset)
        // Far enough from the span's beginning, no earlier span's clocks can have shown the same.
        let isFarFromStart = span.start == .min || candidate - 2 * TimeZoneRules.reach > span.start
        if candidate < span.end, isFarFromStart { return candidate }
        let exact = rules.seconds(ofLocal: wanted)
        if !span.contains(exact) { span = rules.span(at: exact) }
        return exact
    }
}
