/// A small XML answer as a tree; pages of a thousand things have handlers of their own.
struct XMLTree: Hashable, Sendable {
    var name: String
    /// The element's own text, white space at its ends included.
    var text = ""
    var children: [XMLTree] = []

    /// The document's root; nil where it is not well-formed.
    static func read(_ document: [UInt8]) -> XMLTree? {
        var builder = XMLTreeBuilder()
        do throws(MalformedXML) { try builder.read(document) } catch { return nil }
        return builder.root
    }

    /// The first child of a name.
    subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

    /// The text of the first child of a name; nil without one, or where it is empty.
    func value(_ name: String) -> String? {
        self[name].flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    /// The `item` elements of the first child of a name.
    func items(_ name: String) -> [XMLTree] { self[name]?.children.filter { $0.name == "item" } ?? [] }

    /// A list of `item` elements with `key` and `value` as a dictionary.
    var tags: [String: String] {
        Dictionary(
            items("tagSet").compactMap { item in item["key"].map { ($0.text, item["value"]?.text ?? "") } },
            uniquingKeysWith: { _, last in last })
    }

    /// The first element of a name, at any depth, in document order.
    func first(_ name: String) -> XMLTree? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }
}

/// Builds a tree, at most 64 levels deep: AWS's answers have ten, and a recursion has an end.
private struct XMLTreeBuilder: XMLHandler {
    private(set) var root: XMLTree?
    private var stack: [XMLTree] = []
    private var skipped = 0

    mutating func begin(_ name: String) -> Bool {
        guard stack.count < 64 else {
            skipped += 1
            return false
        }
        stack.append(XMLTree(name: name))
        return true
    }

    mutating func end(_ text: String) {
        guard skipped == 0 else {
            skipped -= 1
            return
        }
        guard var element = stack.popLast() else { return }
        element.text = element.children.isEmpty ? text : ""
        if stack.isEmpty { root = element } else { stack[stack.count - 1].children.append(element) }
    }
}
