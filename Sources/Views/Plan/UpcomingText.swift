import FleetModel
import Planning

/// The starts and stops of the next seven days, a line a local day.
enum UpcomingText {
    /// The most starts and stops of one day that are shown.
    private static let mostADay = 12
    /// The most lists that are shown; deployments with equal ones share theirs.
    private static let mostLists = 20
    /// The most names at the head of a list.
    private static let mostNames = 4

    static func lines(_ upcoming: [Plan.Upcoming]) -> [String] {
        var order: [Key] = []
        var names: [Key: [String]] = [:]
        for item in upcoming {
            let key = Key(timezone: item.timezone, transitions: item.transitions)
            if names[key] == nil { order.append(key) }
            names[key, default: []].append(SafeText.line(item.address.description))
        }
        var lines: [String] = []
        for key in order.prefix(mostLists) {
            lines.append("  \(heads(names[key] ?? [])) (\(SafeText.line(key.timezone)))")
            lines += days(key.transitions).map { "    \($0)" }
        }
        let rest = order.dropFirst(mostLists).reduce(0) { $0 + (names[$1]?.count ?? 0) }
        if rest > 0 { lines.append("  … and \(Wording.count(rest, "deployment")) more") }
        return lines
    }

    private struct Key: Hashable {
        let timezone: String
        let transitions: [Plan.Upcoming.Entry]
    }

    private static func heads(_ names: [String]) -> String {
        guard names.count > mostNames else { return names.joined(separator: ", ") }
        return "\(names.prefix(mostNames).joined(separator: ", ")), … (\(names.count) deployments)"
    }

    private static func days(_ entries: [Plan.Upcoming.Entry]) -> [String] {
        guard !entries.isEmpty else { return ["no start or stop in the next 7 days"] }
        var order: [String] = []
        var times: [String: [String]] = [:]
        for entry in entries {
            let (day, time) = local(entry)
            if times[day] == nil { order.append(day) }
            times[day, default: []].append("\(time) \(entry.action.rawValue)")
        }
        return order.map { day in
            let all = times[day] ?? []
            let rest = all.count > mostADay ? "  … and \(all.count - mostADay) more" : ""
            return "\(day)  \(all.prefix(mostADay).map { CellWidth.padded($0, to: 11) }.joined(separator: "  "))"
                .trimmingSpaces + rest
        }
    }

    /// `Mon 2026-11-23` and `08:00`.
    private static func local(_ entry: Plan.Upcoming.Entry) -> (day: String, time: String) {
        guard let local = LocalDateTime(entry.local.prefix(19)) else { return (SafeText.line(entry.local), "") }
        let weekday = local.date.weekday.rawValue
        return (
            "\(weekday.prefix(1).uppercased())\(weekday.dropFirst()) \(local.date)",
            String(local.description.dropFirst(11).prefix(5))
        )
    }
}

extension String {
    /// Without the spaces at its end.
    fileprivate var trimmingSpaces: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
