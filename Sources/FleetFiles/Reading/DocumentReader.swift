import Diagnostics
import LibYAML

/// One document (or entry of a list) that is being read into a value: where it stands, and the places of its values.
final class DocumentReader {
    let file: String
    let mark: YAMLMark
    let findings: Findings
    /// Places by dotted path; a path that ends in `:` is the place of the key itself.
    private(set) var places: [String: SourceLocation]

    init(file: String, mark: YAMLMark, findings: Findings) {
        self.file = file
        self.mark = mark
        self.findings = findings
        self.places = Dictionary(minimumCapacity: 16)
    }

    var location: SourceLocation { SourceLocation(file, mark) }

    func note(_ path: String, _ mark: YAMLMark) {
        places[path] = SourceLocation(file, mark)
    }

    func error(_ mark: YAMLMark, _ message: String) {
        findings.error(file, mark, message)
    }

    /// The document's root as a mapping of these keys; nil, and an error, for anything else.
    func mapping(_ node: YAMLNode, what: String, keys: [StaticString]) -> MappingReader? {
        guard node.kind == .mapping else {
            error(node.mark, "\(what) is a mapping of keys, not \(node.description)")
            return nil
        }
        return MappingReader(node, path: "", keys: keys, in: self)
    }
}

extension YAMLNode {
    /// What the node is, for a message: `a list`.
    var description: String {
        switch kind {
        case .scalar: isNull ? "nothing" : "the text \(Quotation.quoted(text))"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Whether this is an explicit null or an empty value; quotes change nothing.
    var isNull: Bool {
        guard kind == .scalar else { return false }
        return withText { $0.isEmpty }
            || hasText("null") || hasText("~") || hasText("Null") || hasText("NULL")
    }
}
