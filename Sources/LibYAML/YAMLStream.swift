/// The documents of a YAML text and what is wrong with it.
///
/// DESIGN. All nodes of a text lie in one array of 20-byte records, their texts in one array of bytes, the lists of
/// children in one array of indexes; a node is an index. So a file costs a handful of allocations however many nodes it
/// has, sharing by aliases costs one record, and nothing recurses.
public final class YAMLStream: Sendable {
    /// A node: a scalar's bytes in `text`, or a collection's children in `children` (two to a pair for a mapping).
    struct Record: Sendable {
        var kind: YAMLNode.Kind
        var isPlain: Bool
        var mark: YAMLMark
        var start: Int32
        var count: Int32

        /// Whether this is a scalar with exactly this text.
        func isText(_ literal: StaticString, in text: UnsafeBufferPointer<UInt8>) -> Bool {
            let length = literal.utf8CodeUnitCount
            guard count == length, kind == .scalar else { return false }
            let bytes = literal.utf8Start
            for offset in 0..<length where text[Int(start) + offset] != bytes[offset] { return false }
            return true
        }
    }

    let nodes: [Record]
    let children: [Int32]
    let text: [UInt8]
    private let roots: [Int32]

    /// What is wrong, in the order of the text. Where something could not be read at all, the last one is where reading
    /// ended.
    public let problems: [YAMLProblem]

    /// Whether the text was read to its end; else `documents` holds the ones before the problem.
    public let isComplete: Bool

    init(
        nodes: [Record], children: [Int32], text: [UInt8], roots: [Int32], problems: [YAMLProblem], isComplete: Bool
    ) {
        self.nodes = nodes
        self.children = children
        self.text = text
        self.roots = roots
        self.problems = problems
        self.isComplete = isComplete
    }

    /// Gives all three arrays at once, for loops that would else count references at each step.
    func withUnsafeBuffers<Result>(
        _ body: (UnsafeBufferPointer<Record>, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        nodes.withUnsafeBufferPointer { nodes in
            children.withUnsafeBufferPointer { children in
                text.withUnsafeBufferPointer { body(nodes, children, $0) }
            }
        }
    }

    /// The root of each document that was read whole, empty documents (`isMissing`) included.
    public var documents: [YAMLNode] {
        roots.map { YAMLNode(stream: self, index: $0) }
    }
}

extension YAMLStream {
    /// Reads a text with libyaml's event parser.
    ///
    /// Never throws and never recurses: what is wrong is in `problems`. Tags, merge keys, duplicate keys and keys that
    /// are not text are problems that reading passes over (of a duplicate key the first pair is kept); anything else
    /// ends it.
    /// Source: yaml.h of libyaml 0.2.5, `yaml_parser_parse`.
    /// - Parameter bytes: the whole text; UTF-8, a byte order mark at its beginning is passed over.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLStream {
        let scan = YAMLByteScan(bytes)
        // What comes before bytes that can't be read is read all the same, so that its errors are told in the same run.
        let readable = UnsafeBufferPointer(rebasing: bytes[scan.start..<(scan.problemOffset ?? bytes.count)])
        var builder = YAMLTreeBuilder(expecting: readable.count)
        builder.read(readable)
        if let problem = scan.problem { builder.cutShort(by: problem) }
        return builder.stream()
    }

    /// Reads a text with libyaml's event parser; see `parse(_:)` for a buffer.
    public static func parse(_ bytes: [UInt8]) -> YAMLStream {
        bytes.withUnsafeBufferPointer { parse($0) }
    }
}
