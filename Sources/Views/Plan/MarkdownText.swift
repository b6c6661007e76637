/// The two Markdown forms out of which no value can break (CommonMark 0.31, sections 4.5 and 6.1).
///
/// Whatever comes from outside stands in one of them: in neither is HTML, a link, a mention or a heading read.
enum MarkdownText {
    /// A code span; its delimiter is longer than any run of backticks within.
    static func code(_ text: String) -> String {
        let safe = SafeText.line(text)
        let fence = String(repeating: "`", count: longestRun(in: safe) + 1)
        let edge = safe.hasPrefix("`") || safe.hasSuffix("`") || safe.isEmpty ? " " : ""
        return "\(fence)\(edge)\(safe)\(edge)\(fence)"
    }

    /// A fenced block of escaped lines; its fence is longer than any run of backticks within.
    static func fenced(_ lines: [String], _ language: String) -> String {
        let longest = lines.reduce(0) { max($0, longestRun(in: $1)) }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(lines.joined(separator: "\n"))\n\(fence)\n"
    }

    private static func longestRun(in text: String) -> Int {
        var longest = 0
        var current = 0
        for byte in text.utf8 {
            current = byte == UInt8(ascii: "`") ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
