import FleetModel

/// Lengths and moments of time as tables show them.
enum Spans {
    /// `45s`, `12m`, `3h12m`, `5d3h`, `120d`: two units at most; `0s` for less than nothing.
    static func text(seconds: Int) -> String {
        let seconds = max(0, seconds)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<(48 * 3600): return pair(seconds / 3600, "h", seconds / 60 % 60, "m")
        case ..<(100 * 86_400): return pair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        default: return "\(seconds / 86_400)d"
        }
    }

    /// `3h12m ago`, `in 12m`, `now`.
    static func relative(_ instant: Instant, to now: Instant) -> String {
        let seconds = now - instant
        if seconds == 0 { return "now" }
        return seconds > 0 ? "\(text(seconds: seconds)) ago" : "in \(text(seconds: -seconds))"
    }

    /// `2026-11-23 08:00` in UTC.
    static func minute(_ instant: Instant) -> String {
        let text = LocalDateTime(utc: instant).description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    private static func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit)\(small)\(smallUnit)"
    }
}
