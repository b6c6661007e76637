import LibYAML

/// The value of a key, or an item of a list. The field decides the type: quotes change nothing, YAML guesses nothing.
///
/// Each reading function gives nil and notes an error where the value does not fit.
struct FieldReader {
    let node: YAMLNode
    /// The key as messages name it; of an item, that of its list.
    let name: String
    /// The dotted path in the document: `week.0.start`.
    let path: String
    let document: DocumentReader

    init(_ node: YAMLNode, name: String, path: String, in document: DocumentReader) {
        self.node = node
        self.name = name
        self.path = path
        self.document = document
        document.note(path, node.mark)
    }

    /// Notes an error at the value.
    func error(_ message: String) {
        document.error(node.mark, message)
    }

    /// This field; nil, and an error, where its value is null or empty.
    var unlessNull: FieldReader? {
        guard node.isNull else { return self }
        error("'\(name)' has no value; give it one or remove the key")
        return nil
    }

    /// A mapping with these keys.
    func mapping(_ keys: [StaticString], example: StaticString) -> MappingReader? {
        guard node.kind == .mapping else {
            error("'\(name)' takes keys and values, like \(example), not \(node.description)")
            return nil
        }
        guard node.count > 0 else {
            error("'\(name)' is empty; remove the key")
            return nil
        }
        return MappingReader(node, path: path, keys: keys, in: document)
    }

    /// A mapping whose keys are the user's own words, in the order of the file.
    func entries(example: StaticString) -> [(key: YAMLNode, value: FieldReader)]? {
        guard node.kind == .mapping else {
            error("'\(name)' takes keys and values, like \(example), not \(node.description)")
            return nil
        }
        guard node.count > 0 else {
            error("'\(name)' is empty; remove the key")
            return nil
        }
        var entries: [(key: YAMLNode, value: FieldReader)] = []
        entries.reserveCapacity(node.count)
        for position in 0..<node.count {
            let key = node.key(at: position)
            let word = key.text
            let below = path + "." + word
            document.note(below + ":", key.mark)
            let field = FieldReader(node.value(at: position), name: word, path: below, in: document)
            if let field = field.unlessNull { entries.append((key, field)) }
        }
        return entries
    }

    /// The items of a list, each not null; an empty list is an error unless allowed.
    func items(allowEmpty: Bool = false, of what: StaticString) -> [FieldReader]? {
        guard node.kind == .sequence else {
            error("'\(name)' takes a list of \(what), not \(node.description)")
            return nil
        }
        guard node.count > 0 || allowEmpty else {
            error("'\(name)' is an empty list; remove the key")
            return nil
        }
        return (0..<node.count).compactMap { position in
            let path = path + "." + String(position)
            let item = FieldReader(node.item(at: position), name: name, path: path, in: document)
            guard item.node.isNull else { return item }
            item.error("an item of '\(name)' has no value; remove it")
            return nil
        }
    }

    /// The items of a list, or the one value that stands for a list of one.
    func itemOrItems(of what: StaticString) -> [FieldReader]? {
        node.kind == .scalar ? [self] : items(of: what)
    }
}
