import CLibyaml

/// Builds the nodes of a stream from libyaml's events, on a stack of its own.
struct YAMLTreeBuilder {
    /// A collection that has begun and not ended.
    private struct Open {
        var node: Int32
        /// Where its children begin in `pending`.
        var firstChild: Int
        var anchor: String?
        /// Nodes that it stands for with its aliases written out, itself counted.
        var weight: Int
        /// Levels of collections within it.
        var height: Int
    }

    /// What an anchor names; nil while its collection is still open.
    private struct Anchor {
        var node: Int32?
        var weight: Int
        var height: Int
    }

    private var nodes: [YAMLStream.Record] = []
    private var children: [Int32] = []
    private var text: [UInt8] = []
    private var roots: [Int32] = []
    private var problems: [YAMLProblem] = []
    private var isComplete = false

    private var open: [Open] = []
    private var pending: [Int32] = []
    private var anchors: [String: Anchor] = [:]
    private var aliasedNodes = 0

    /// A builder for a text of so many bytes.
    init(expecting bytes: Int) {
        // A fleet file has a node per ten bytes or so; a bad guess costs a copy.
        nodes.reserveCapacity(bytes / 10 + 8)
        children.reserveCapacity(bytes / 10 + 8)
        text.reserveCapacity(bytes)
        open.reserveCapacity(8)
        pending.reserveCapacity(64)
    }

    /// Reads a text to its end or to the first problem that ends reading.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let parser = YAMLEventParser(bytes) else {
            problems.append(YAMLProblem(.start, "libyaml is out of memory"))
            return
        }
        while true {
            guard parser.next() else {
                problems.append(parser.problem(in: bytes, openMark: open.last.map { nodes[Int($0.node)].mark }))
                return
            }
            let goesOn = take(parser)
            if isComplete || !goesOn { return }
            guard problems.count < YAMLLimits.problems else {
                let words = "more than \(YAMLLimits.problems) problems; the rest of this file was not read"
                problems.append(YAMLProblem(problems[problems.count - 1].mark, words))
                return
            }
        }
    }

    /// Ends the stream at bytes that could not be given to libyaml: the document that they cut is no document.
    mutating func cutShort(by problem: YAMLProblem) {
        if isComplete, !roots.isEmpty { roots.removeLast() }
        // A syntax error here is most likely the cut itself.
        if !isComplete, !problems.isEmpty { problems.removeLast() }
        isComplete = false
        problems.append(problem)
    }

    /// What was built; the builder is spent.
    consuming func stream() -> YAMLStream {
        YAMLStream(
            nodes: nodes, children: children, text: text, roots: roots, problems: problems, isComplete: isComplete)
    }

    /// Takes one event; false when reading must end.
    private mutating func take(_ parser: YAMLEventParser) -> Bool {
        switch parser.kind {
        case .streamEnd:
            isComplete = true
        case .documentStart:
            if parser.hasTagDirectives { problems.append(Self.tagProblem(parser.mark)) }
        case .documentEnd:
            if let root = pending.popLast() { roots.append(root) }
            anchors.removeAll(keepingCapacity: true)
        case .scalar:
            addScalar(parser)
        case .alias:
            return addAlias(parser)
        case .sequenceStart:
            return begin(.sequence, parser)
        case .mappingStart:
            return begin(.mapping, parser)
        case .collectionEnd:
            end()
        case .other:
            break
        }
        return true
    }

    private mutating func addScalar(_ parser: YAMLEventParser) {
        checkTag(parser)
        let value = parser.scalar
        let record = YAMLStream.Record(
            kind: .scalar, isPlain: parser.isPlain, mark: parser.mark,
            start: Int32(truncatingIfNeeded: text.count), count: Int32(truncatingIfNeeded: value.count))
        text.append(contentsOf: value)
        let node = add(record, weight: 1, height: 0)
        if let name = parser.anchor { anchors[name] = Anchor(node: node, weight: 1, height: 0) }
    }

    private mutating func begin(_ kind: YAMLNode.Kind, _ parser: YAMLEventParser) -> Bool {
        let mark = parser.mark
        guard open.count < YAMLLimits.nesting else {
            problems.append(Self.nestingProblem(mark))
            return false
        }
        checkTag(parser)
        let record = YAMLStream.Record(kind: kind, isPlain: false, mark: mark, start: 0, count: 0)
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(record)
        let anchor = parser.anchor
        if let anchor { anchors[anchor] = Anchor(node: nil, weight: 0, height: 0) }
        open.append(Open(node: node, firstChild: pending.count, anchor: anchor, weight: 1, height: 1))
        return true
    }

    private mutating func end() {
        guard let collection = open.popLast() else { return }
        let index = Int(collection.node)
        if nodes[index].kind == .mapping { checkKeys(from: collection.firstChild) }
        let members = pending.count - collection.firstChild
        nodes[index].start = Int32(truncatingIfNeeded: children.count)
        nodes[index].count = Int32(truncatingIfNeeded: nodes[index].kind == .mapping ? members / 2 : members)
        children.append(contentsOf: pending[collection.firstChild...])
        pending.removeSubrange(collection.firstChild...)
        if let anchor = collection.anchor {
            anchors[anchor] = Anchor(node: collection.node, weight: collection.weight, height: collection.height)
        }
        attach(collection.node, weight: collection.weight, height: collection.height)
    }

    /// Stands in for an alias with a copy of its anchor's record: 20 bytes, whatever lies below it.
    private mutating func addAlias(_ parser: YAMLEventParser) -> Bool {
        let mark = parser.mark
        let name = parser.anchor ?? ""
        guard let anchor = anchors[name] else {
            problems.append(YAMLProblem(mark, "no anchor '&\(name.shortened)' stands before this alias"))
            return false
        }
        guard let target = anchor.node else {
            problems.append(YAMLProblem(mark, "the alias '*\(name.shortened)' stands inside the value that it names"))
            return false
        }
        aliasedNodes += anchor.weight
        guard aliasedNodes <= YAMLLimits.aliasedNodes else {
            let words =
                "aliases stand for more than \(YAMLLimits.aliasedNodes) values here; write them out or use fewer"
            problems.append(YAMLProblem(mark, words))
            return false
        }
        guard open.count + anchor.height <= YAMLLimits.nesting else {
            problems.append(Self.nestingProblem(mark))
            return false
        }
        var record = nodes[Int(target)]
        record.mark = mark
        _ = add(record, weight: anchor.weight, height: anchor.height)
        return true
    }

    private mutating func add(_ record: YAMLStream.Record, weight: Int, height: Int) -> Int32 {
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(record)
        attach(node, weight: weight, height: height)
        return node
    }

    private mutating func attach(_ node: Int32, weight: Int, height: Int) {
        pending.append(node)
        guard !open.isEmpty else { return }
        let parent = open.count - 1
        open[parent].weight += weight
        open[parent].height = max(open[parent].height, height + 1)
    }

    private mutating func checkTag(_ parser: YAMLEventParser) {
        if parser.hasTag { problems.append(Self.tagProblem(parser.mark)) }
    }

    static func tagProblem(_ mark: YAMLMark) -> YAMLProblem {
        YAMLProblem(mark, "YAML tags ('!…') are not allowed; a text that begins with '!' stands in quotes")
    }

    private static func nestingProblem(_ mark: YAMLMark) -> YAMLProblem {
        YAMLProblem(mark, "nested over \(YAMLLimits.nesting) levels deep")
    }
}

// MARK: - Keys

extension YAMLTreeBuilder {
    /// Over so many pairs, keys are compared by hash rather than each with each.
    private static let fewPairs = 24

    /// Reports keys that are not text, merge keys and duplicates, and takes their pairs out of the pending mapping.
    private mutating func checkKeys(from first: Int) {
        let isAtFault = pending.count - first > 2 * Self.fewPairs ? hasFault(hashingFrom: first) : hasFault(from: first)
        if isAtFault { removeFaults(from: first) }
    }

    private func hasFault(from first: Int) -> Bool {
        nodes.withUnsafeBufferPointer { nodes in
            pending.withUnsafeBufferPointer { pending in
                text.withUnsafeBufferPointer { text in
                    for pair in stride(from: first, to: pending.count, by: 2) {
                        let key = nodes[Int(pending[pair])]
                        if key.kind != .scalar || key.isText("<<", in: text) { return true }
                        for earlier in stride(from: first, to: pair, by: 2)
                        where Self.isSameText(nodes[Int(pending[earlier])], key, in: text) { return true }
                    }
                    return false
                }
            }
        }
    }

    private func hasFault(hashingFrom first: Int) -> Bool {
        var seen = Set<ArraySlice<UInt8>>(minimumCapacity: (pending.count - first) / 2)
        for pair in stride(from: first, to: pending.count, by: 2) {
            let record = nodes[Int(pending[pair])]
            if record.kind != .scalar || isMergeKey(record) { return true }
            if !seen.insert(bytes(record)).inserted { return true }
        }
        return false
    }

    private mutating func removeFaults(from first: Int) {
        var seen: [ArraySlice<UInt8>: YAMLMark] = [:]
        var kept: [Int32] = []
        for pair in stride(from: first, to: pending.count, by: 2) {
            let key = nodes[Int(pending[pair])]
            if key.kind != .scalar {
                problems.append(
                    YAMLProblem(key.mark, "a key must be a text, not a \(key.kind == .mapping ? "mapping" : "list")"))
            } else if isMergeKey(key) {
                problems.append(YAMLProblem(key.mark, "merge keys ('<<') are not supported; write the keys out"))
            } else if let earlier = seen[bytes(key)] {
                let name = String(decoding: bytes(key), as: UTF8.self).shortened
                problems.append(YAMLProblem(key.mark, "duplicate key '\(name)' (first at \(earlier))"))
            } else {
                seen[bytes(key)] = key.mark
                kept += pending[pair...pair + 1]
            }
        }
        pending.replaceSubrange(first..., with: kept)
    }

    private func bytes(_ record: YAMLStream.Record) -> ArraySlice<UInt8> {
        text[Int(record.start)..<Int(record.start) + Int(record.count)]
    }

    private func isMergeKey(_ key: YAMLStream.Record) -> Bool {
        key.count == 2 && text[Int(key.start)] == UInt8(ascii: "<") && text[Int(key.start) + 1] == UInt8(ascii: "<")
    }

    private static func isSameText(
        _ left: YAMLStream.Record, _ right: YAMLStream.Record, in text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<Int(left.count)
        where text[Int(left.start) + offset] != text[Int(right.start) + offset] { return false }
        return true
    }
}

extension String {
    /// At most 40 characters of a text that is quoted in a message.
    var shortened: String { count <= 40 ? self : "\(prefix(39))…" }
}
