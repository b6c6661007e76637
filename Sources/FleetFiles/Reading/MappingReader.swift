import LibYAML

/// A mapping with a fixed set of keys. Keys that it does not know are errors from the start.
struct MappingReader {
    let node: YAMLNode
    /// The dotted path of the mapping in its document; empty for the document itself.
    let path: String
    let document: DocumentReader
    /// Keys that unknown ones were most likely meant to be: that they are missing is told already.
    private var meant: [String] = []

    init(_ node: YAMLNode, path: String, keys: [StaticString], in document: DocumentReader) {
        self.node = node
        self.path = path
        self.document = document
        for position in node.positions(ofKeysNotIn: keys) { reportUnknown(node.key(at: position), keys) }
    }

    var mark: YAMLMark { node.mark }

    /// The value of a key; nil where the file does not write the key, or, with an error, writes it without a value.
    func field(_ key: StaticString) -> FieldReader? {
        guard let position = position(of: key) else { return nil }
        return field(at: position)
    }

    /// The value of a key that must be there; an error at the mapping where it is not.
    func required(_ key: StaticString) -> FieldReader? {
        guard let position = position(of: key) else {
            if !meant.contains("\(key)") { document.error(node.mark, "missing key '\(key)'") }
            return nil
        }
        return field(at: position)
    }

    /// Whether the file writes the key, whatever its value.
    func has(_ key: StaticString) -> Bool { position(of: key) != nil }

    /// Notes an error at a key, or at the mapping where the key is not written.
    func error(at key: StaticString, _ message: String) {
        let mark = position(of: key).map { node.key(at: $0).mark } ?? node.mark
        document.error(mark, message)
    }

    private func position(of key: StaticString) -> Int? { node.position(ofKey: key) }

    private func field(at position: Int) -> FieldReader? {
        let key = node.key(at: position).text
        return FieldReader(
            node.value(at: position), name: key, path: path.isEmpty ? key : path + "." + key, in: document
        ).unlessNull
    }

    private mutating func reportUnknown(_ key: YAMLNode, _ keys: [StaticString]) {
        let known = keys.map { "\($0)" }
        let text = key.text
        if key.isMissing { return document.error(key.mark, "a key is missing before this ':'") }
        let near = Quotation.nearest(to: text, among: known)
        if let near { meant.append(near) }
        let hint = near.map { " (did you mean '\($0)'?)" } ?? "; keys here: \(known.joined(separator: ", "))"
        document.error(key.mark, "unknown key \(Quotation.quoted(text))\(hint)")
    }
}
