/// One of the two comments that make a .js file a bot.
struct CommentBlock: Equatable {
    /// What it holds.
    enum Kind: String, Equatable, CaseIterable {
        case about = "ABOUT"
        case params = "PARAMS"
    }

    let kind: Kind
    /// The index of the `/` that opens it.
    let offset: Int
    /// The bytes between the keyword and the closing `*/`; nil when the comment is never closed.
    let content: Range<Int>?

    /// Whether a file may hold a block at all: a search that costs little beside reading the file.
    static func mayOccur(in bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.contains("ABOUT") || bytes.contains("PARAMS")
    }

    /// All blocks of a file, in order.
    ///
    /// A block begins with `/**` and the keyword, first on its line: so that neither a text nor a line comment of the script
    /// that happens to hold the words counts. It ends where JavaScript ends the comment, at the first `*/`.
    static func all(in bytes: [UInt8]) -> [CommentBlock] {
        var blocks: [CommentBlock] = []
        var index = 0
        while let opening = bytes.firstRange(of: "/**", from: index) {
            index = opening.upperBound
            guard isFirstOnLine(bytes, opening.lowerBound) else { continue }
            var start = index
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") {
                start += 1
            }
            guard let kind = Kind.allCases.first(where: { bytes[start...].starts(with: $0.rawValue.utf8) }) else {
                continue
            }
            start += kind.rawValue.utf8.count
            guard start == bytes.count || !isWordByte(bytes[start]) else { continue }
            let closing = bytes.firstRange(of: "*/", from: start)
            blocks.append(
                CommentBlock(
                    kind: kind, offset: opening.lowerBound, content: closing.map { start..<$0.lowerBound }))
            index = closing?.upperBound ?? bytes.count
        }
        return blocks
    }

    private static func isFirstOnLine(_ bytes: [UInt8], _ offset: Int) -> Bool {
        var index = offset
        while index > 0 {
            index -= 1
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return true
            case 0xBF: return index == 2 && bytes[0] == 0xEF && bytes[1] == 0xBB
            default: return false
            }
        }
        return true
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }
}
