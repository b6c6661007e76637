import Diagnostics
import FleetModel

/// The text of a deployment's document under another name, as a person would copy it: comments, order and style stay.
public enum DocumentCopy {
    /// A copy of the document of `text` that declares a deployment; nil where its name is written in a way that can't be replaced.
    ///
    /// Pure. Comments before the document's first key are of the original, and are left out.
    public static func text(of deployment: Located<Deployment>, in text: String, as name: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let place = deployment.place(of: "name")
        let old = deployment.value.name
        guard lines.indices.contains(place.line - 1) else { return nil }
        let line = lines[place.line - 1]
        guard let start = line.index(line.startIndex, offsetBy: place.column - 1, limitedBy: line.endIndex) else {
            return nil
        }
        let rest = line[start...]
        guard let written = [old, "\"\(old)\"", "'\(old)'"].first(where: { rest.hasPrefix($0) }) else { return nil }
        lines[place.line - 1] = line[..<start] + name + rest.dropFirst(written.count)
        var first = place.line - 1
        while first > 0, !isSeparator(lines[first - 1]) { first -= 1 }
        var end = place.line
        while end < lines.count, !isSeparator(lines[end]), !lines[end].hasPrefix("...") { end += 1 }
        var document = lines[first..<end]
        while let line = document.first, line.allSatisfy(\.isWhitespace) || isComment(line) { document.removeFirst() }
        while let line = document.last, line.allSatisfy(\.isWhitespace) { document.removeLast() }
        return document.joined(separator: "\n") + "\n"
    }

    /// `---` at the beginning of a line begins a document, whatever stands around it.
    private static func isSeparator(_ line: String) -> Bool {
        line == "---" || line.hasPrefix("--- ") || line.hasPrefix("---\t") || line == "---\r"
    }

    private static func isComment(_ line: String) -> Bool { line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") }
}
