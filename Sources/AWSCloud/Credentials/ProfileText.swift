/// The text of ~/.aws/credentials or ~/.aws/config: sections of `key = value` lines.
///
/// As botocore reads them: comments begin a line with `#` or `;`, keys have no case, indented lines belong to a nested
/// setting and are passed over, a section that comes twice is one.
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
struct ProfileText: Hashable, Sendable {
    /// Settings by section name, as in the brackets: `default`, `profile work`.
    private(set) var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var section: String?
        for raw in text.split(whereSeparator: \.isNewline) {
            let line = ProfileText.trimmed(raw)
            guard !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix(";") else { continue }
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                let name = ProfileText.trimmed(line[line.index(after: line.startIndex)..<end])
                let words = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                section = words
                sections[words, default: [:]].merge([:]) { old, _ in old }
            } else if let section, let first = raw.first, !first.isWhitespace, let equals = line.firstIndex(of: "=") {
                let key = ProfileText.trimmed(line[..<equals]).lowercased()
                sections[section, default: [:]][key] = ProfileText.trimmed(line[line.index(after: equals)...])
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
