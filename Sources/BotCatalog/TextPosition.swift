import Diagnostics

/// Turns byte offsets of a file into places as editors count them.
struct TextPosition {
    let bytes: [UInt8]
    let file: String

    /// Lines end at LF (a CR before it belongs to the line); columns count Unicode scalars; a BOM takes no column.
    func location(_ offset: Int) -> SourceLocation {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        if lineStart == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { lineStart = min(3, offset) }
        let scalars = bytes[lineStart..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: file, line: line, column: scalars + 1)
    }
}
