/// A place in a file, as editors count it.
///
/// `line` and `column` are 1-based; columns count Unicode scalars. `file` is relative to the fleet repository, with
/// `/`.
public struct SourceLocation: Hashable, Sendable, Codable {
    /// The path within the fleet repository: `fleet/deployments/linkedin.yaml`.
    public var file: String
    /// From 1; 1 also for what is about the file as a whole.
    public var line: Int
    /// From 1, in Unicode scalars, not in bytes or in what a reader takes for a character.
    public var column: Int

    /// A place in `file`; the first character of the file unless told otherwise.
    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension SourceLocation: Comparable {
    /// Orders by file (byte order of the name), then by position.
    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        if left.file != right.file { return left.file.utf8.lexicographicallyPrecedes(right.file.utf8) }
        return (left.line, left.column) < (right.line, right.column)
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:col`, the form that editors and compilers share.
    public var description: String { "\(file):\(line):\(column)" }
}
