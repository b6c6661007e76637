import FleetModel
import Testing

/// An example of a page: `<!-- example: FROM UNTIL -->`, a block of YAML, a block of transitions.
struct DocumentedExample {
    var line: Int
    var from: String
    var until: String
    var zone = "UTC"
    var schedule = Schedule(name: "example")
    var results: [String] = []

    /// All of a page. The YAML is read in the few forms that the page uses; anything else fails.
    static func all(of page: [Substring]) throws -> [DocumentedExample] {
        try page.indices.compactMap { index in
            let words = page[index].split(separator: " ")
            guard words.prefix(2) == ["<!--", "example:"] else { return nil }
            try #require(words.count == 5, "line \(index + 1) names from and until")
            var example = DocumentedExample(line: index + 1, from: String(words[2]), until: String(words[3]))
            try #require(page[index + 1] == "```yaml", "line \(index + 2)")
            let yaml = page[(index + 2)...].prefix { $0 != "```" }
            for line in yaml { try example.read(line) }
            let results = page[(yaml.endIndex + 1)...]
            try #require(results.first == "```", "line \(results.startIndex + 1)")
            example.results = results.dropFirst().prefix { $0 != "```" }.map(String.init)
            return example
        }
    }

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("timezone: ") {
            zone = String(line.dropFirst("timezone: ".count))
        } else if line.hasPrefix("  - {"), line.hasSuffix("}") {
            let fields = try Self.fields(line.dropFirst(5).dropLast())
            if let dates = fields["dates"] { try addException(dates, fields) } else { try addEntry(fields) }
        } else {
            try #require(line == "week:" || line == "exceptions:", "'\(line)'")
        }
    }

    private mutating func addEntry(_ fields: [String: String]) throws {
        try #require(Set(fields.keys).isSubset(of: ["days", "months", "start", "stop"]), "\(fields)")
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        let months = try (fields["months"] ?? "").split(separator: ",").map { name in
            try #require(names.firstIndex(of: String(name))) + 1
        }
        schedule.week.append(
            try entry(try #require(fields["days"]), start: fields["start"], stop: fields["stop"], months: months))
    }

    private mutating func addException(_ dates: String, _ fields: [String: String]) throws {
        let ends = dates.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
        let state = try #require(ScheduleException.State(rawValue: fields["state"] ?? ""))
        schedule.exceptions.append(try exception(try #require(ends.first), try #require(ends.last), state))
    }

    /// `days: mon-fri, months: [jan, apr], start: "08:00"` by key; quotes and brackets taken off, lists without spaces.
    private static func fields(_ text: Substring) throws -> [String: String] {
        var fields: [String: String] = [:]
        var depth = 0
        let parts = text.split(omittingEmptySubsequences: true) { character in
            depth += character == "[" ? 1 : character == "]" ? -1 : 0
            return character == "," && depth == 0
        }
        for part in parts {
            let colon = try #require(part.firstIndex(of: ":"))
            let key = part[..<colon].filter { $0 != " " }
            fields[key] = part[part.index(after: colon)...].filter { !" \"[]".contains($0) }
        }
        return fields
    }
}
