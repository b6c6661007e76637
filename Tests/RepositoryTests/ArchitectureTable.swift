/// The table of docs/architecture.md: which room may import what.
///
/// A row is `| rooms | may import | … |`, names in backticks; the second column may say `nothing`.
struct ArchitectureTable {
    /// What each room may import, besides what is free for all.
    private(set) var allowed: [String: Set<String>] = [:]

    /// The system's own modules, which any room may import.
    static let free: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationXML", "Dispatch", "Logging", "Glibc", "Synchronization",
    ]

    /// Reads the rows of a page whose header begins with "Room"; other tables are passed over.
    init(_ page: String) {
        var isRooms = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map { String($0) }
            guard line.hasPrefix("|"), cells.count >= 2 else {
                isRooms = false
                continue
            }
            if cells[0].contains("Room") {
                isRooms = true
            } else if isRooms {
                for room in Self.names(cells[0]) { allowed[room, default: []].formUnion(Self.names(cells[1])) }
            }
        }
    }

    private static func names(_ cell: String) -> [String] {
        cell.matches(of: #/`([A-Za-z0-9_]+)`/#).map { String($0.1) }.filter { $0 != "nothing" }
    }
}

/// The modules that a Swift file imports, with the line of each.
func imports(of lines: [String]) -> [(module: String, line: Int)] {
    let pattern =
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var|actor)\s+)?(\w+)/#
    return lines.enumerated().compactMap { index, line in
        line.firstMatch(of: pattern).map { (String($0.1), index + 1) }
    }
}
