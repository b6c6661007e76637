/// A node of a YAML text: a scalar, a sequence or a mapping, with the place where it begins.
///
/// A handle of 16 bytes on its stream: copying one copies no text. Where an alias stands, the node is that of its
/// anchor, but `mark` is the alias's own place; what lies inside keeps the place where it is written.
public struct YAMLNode: Sendable {
    /// What a node is.
    public enum Kind: UInt8, Sendable {
        case scalar
        case sequence
        case mapping
    }

    let stream: YAMLStream
    let index: Int32

    init(stream: YAMLStream, index: Int32) {
        self.stream = stream
        self.index = index
    }

    var record: YAMLStream.Record { stream.nodes[Int(index)] }

    /// Whether this is a scalar, a sequence or a mapping.
    public var kind: Kind { record.kind }

    /// Where the node begins: its anchor if it has one, else its first character; of a block collection, its first
    /// entry.
    public var mark: YAMLMark { record.mark }

    /// Whether this is a scalar written without quotes and not as a block.
    public var isPlain: Bool { record.isPlain }

    /// Whether this is a plain scalar of no characters: what stands after `key:` on a line of its own, or an empty
    /// document.
    public var isMissing: Bool { record.kind == .scalar && record.isPlain && record.count == 0 }

    /// The text of a scalar, escapes and folding resolved; empty for a collection.
    public var text: String {
        withText { String(decoding: $0, as: UTF8.self) }
    }

    /// Gives the UTF-8 text of a scalar without copying it; nothing for a collection. The buffer must not leave `body`.
    public func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        let record = record
        return try stream.text.withUnsafeBufferPointer { all in
            guard record.kind == .scalar else { return try body(UnsafeBufferPointer(rebasing: all[0..<0])) }
            let start = Int(record.start)
            return try body(UnsafeBufferPointer(rebasing: all[start..<start + Int(record.count)]))
        }
    }

    /// Whether this is a scalar with exactly this text, quoted or not.
    public func hasText(_ literal: StaticString) -> Bool {
        stream.text.withUnsafeBufferPointer { record.isText(literal, in: $0) }
    }

    /// The number of items of a sequence or of pairs of a mapping; 0 for a scalar.
    public var count: Int { record.kind == .scalar ? 0 : Int(record.count) }

    /// An item of a sequence, `position` in 0..<count.
    public func item(at position: Int) -> YAMLNode {
        precondition(record.kind == .sequence && position < count, "a sequence has an item at this position")
        return YAMLNode(stream: stream, index: stream.children[Int(record.start) + position])
    }

    /// The key of a pair of a mapping, `position` in 0..<count, in the order of the text.
    public func key(at position: Int) -> YAMLNode {
        precondition(record.kind == .mapping && position < count, "a mapping has a pair at this position")
        return YAMLNode(stream: stream, index: stream.children[Int(record.start) + 2 * position])
    }

    /// The value of a pair of a mapping, `position` in 0..<count.
    public func value(at position: Int) -> YAMLNode {
        precondition(record.kind == .mapping && position < count, "a mapping has a pair at this position")
        return YAMLNode(stream: stream, index: stream.children[Int(record.start) + 2 * position + 1])
    }

    /// The position of the pair whose key is this text; nil where the mapping has none, and for other nodes.
    public func position(ofKey key: StaticString) -> Int? {
        let record = record
        guard record.kind == .mapping else { return nil }
        return stream.withUnsafeBuffers { nodes, children, text in
            let first = Int(record.start)
            for position in 0..<Int(record.count)
            where nodes[Int(children[first + 2 * position])].isText(key, in: text) { return position }
            return nil
        }
    }

    /// The positions of the pairs of a mapping whose keys are none of these texts, in the order of the text.
    public func positions(ofKeysNotIn keys: [StaticString]) -> [Int] {
        let record = record
        guard record.kind == .mapping else { return [] }
        return stream.withUnsafeBuffers { nodes, children, text in
            var unknown: [Int] = []
            let first = Int(record.start)
            for position in 0..<Int(record.count) {
                let key = nodes[Int(children[first + 2 * position])]
                if !keys.contains(where: { key.isText($0, in: text) }) { unknown.append(position) }
            }
            return unknown
        }
    }
}
