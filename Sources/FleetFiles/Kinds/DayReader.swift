import FleetModel
import LibYAML

/// Reads which days and months an entry of a schedule holds on. Names are three letters in any case; ranges wrap.
enum DayReader {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `mon`, `mon-fri`, `everyday`, `mon#1`, `fri#last`, or a list of these; each once.
    static func days(_ field: FieldReader) -> [DaySelector] {
        collect(field, of: "days") { item, text in
            if text == "everyday" { return Weekday.allCases.map(DaySelector.every) }
            if let hash = text.firstIndex(of: "#") {
                return nth(item, day: text[..<hash], nth: text[text.index(after: hash)...])
            }
            let names = Weekday.allCases.map(\.rawValue)
            return range(item, text, names, extra: ["everyday"])?.map { DaySelector.every(Weekday.allCases[$0]) }
        }
    }

    /// 1…12 of `jan`, `nov-feb`, or a list of these; each once.
    static func months(_ field: FieldReader) -> [Int] {
        collect(field, of: "months") { item, text in range(item, text, months, extra: [])?.map { $0 + 1 } }
    }

    /// `1`, `10-15`, `last`, `25-last`, or a list of these; each once.
    static func monthdays(_ field: FieldReader) -> [MonthdaySelector] {
        collect(field, of: "days of the month") { item, text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(monthday)
            switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
            case (1, let day?, _):
                return [day]
            case (2, .day(let first)?, .day(let last)?):
                let days = first <= last ? Array(first...last) : Array(first...31) + Array(1...last)
                return days.map(MonthdaySelector.day)
            case (2, .day(let first)?, .last?):
                return (first...31).map(MonthdaySelector.day)
            case (2, .last?, .day(let last)?):
                return [.last] + (1...last).map(MonthdaySelector.day)
            case (2, .last?, .last?):
                return [.last]
            default:
                item.error(
                    "'\(item.name)' takes 1 to 31, last, or a range like 10-15, not \(Quotation.quoted(item.node.text))"
                )
                return nil
            }
        }
    }

    private static func monthday(_ text: some StringProtocol) -> MonthdaySelector? {
        if text == "last" { return .last }
        guard let day = DecimalText.integer(String(text)), (1...31).contains(day) else { return nil }
        return .day(day)
    }

    /// The selectors of a value or of a list, without repeats, in the order of the file.
    private static func collect<Selector: Hashable>(
        _ field: FieldReader, of what: StaticString, _ read: (FieldReader, String) -> [Selector]?
    ) -> [Selector] {
        var found: [Selector] = []
        var seen: Set<Selector> = []
        for item in field.itemOrItems(of: what) ?? [] {
            guard let text = item.text(limit: 64) else { continue }
            if text.contains(",") {
                item.error("write a list: [\(Quotation.quoted(text).dropFirst().dropLast())]")
                continue
            }
            for selector in read(item, text.lowercased()) ?? [] where seen.insert(selector).inserted {
                found.append(selector)
            }
        }
        return found
    }

    /// Indexes of a name, or of a range of names that may wrap; a range from a name to itself is that name.
    private static func range(_ item: FieldReader, _ text: String, _ names: [String], extra: [String]) -> [Int]? {
        var ends: [Int] = []
        for part in text.split(separator: "-", omittingEmptySubsequences: false) {
            guard let index = names.firstIndex(of: String(part)) else {
                reportName(item, String(part), names + extra)
                return nil
            }
            ends.append(index)
        }
        switch ends.count {
        case 1: return ends
        case 2: return ends[0] <= ends[1] ? Array(ends[0]...ends[1]) : Array(ends[0]..<names.count) + Array(0...ends[1])
        default:
            item.error("\(Quotation.quoted(item.node.text)) is not a range like \(names[0])-\(names[2])")
            return nil
        }
    }

    private static func nth(_ item: FieldReader, day: Substring, nth: Substring) -> [DaySelector]? {
        guard let weekday = Weekday(rawValue: String(day)) else {
            reportName(item, String(day), Weekday.allCases.map(\.rawValue))
            return nil
        }
        if nth == "last" { return [.last(weekday)] }
        if let number = DecimalText.integer(String(nth)), (1...5).contains(number) { return [.nth(weekday, number)] }
        item.error("after '#' comes 1 to 5 or last, not \(Quotation.quoted(String(nth)))")
        return nil
    }

    private static func reportName(_ item: FieldReader, _ text: String, _ names: [String]) {
        let long = names.first { text.count > 3 && text.hasPrefix($0) }
        let hint =
            (long ?? Quotation.nearest(to: text, among: names)).map { " (did you mean '\($0)'?)" }
            ?? "; \(item.name): \(names.joined(separator: ", "))"
        item.error("\(Quotation.quoted(item.node.text)) is not among '\(item.name)'\(hint)")
    }
}
