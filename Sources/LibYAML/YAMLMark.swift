/// A place in a YAML text, as editors count it.
///
/// Both numbers are 1-based; columns count Unicode scalars (libyaml's characters), a tab as one. Line breaks are those
/// of YAML 1.1: LF, CR, CRLF, NEL, LS, PS.
public struct YAMLMark: Hashable, Sendable {
    /// 1-based.
    public var line: Int32
    /// 1-based, in Unicode scalars.
    public var column: Int32

    /// The first character of a text.
    public static let start = YAMLMark(line: 1, column: 1)

    /// A place by its 1-based line and column.
    public init(line: Int32, column: Int32) {
        self.line = line
        self.column = column
    }
}

extension YAMLMark: Comparable {
    /// Orders by line, then by column.
    public static func < (left: YAMLMark, right: YAMLMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension YAMLMark: CustomStringConvertible {
    /// `line:column`.
    public var description: String { "\(line):\(column)" }
}
