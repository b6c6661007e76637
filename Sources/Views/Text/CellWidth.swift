/// How many cells of a terminal text takes: East Asian wide characters and emoji take two, combining marks none.
///
/// Source: Unicode Standard Annex #11, East Asian Width; what terminals do with it is wcwidth(3)'s convention.
enum CellWidth {
    /// Cells of escaped text without colours.
    static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// Cells of one character: joined emoji and flags take no more than two.
    static func of(_ character: Character) -> Int {
        min(2, character.unicodeScalars.reduce(0) { $0 + of($1) })
    }

    /// Cells of one scalar: 0, 1 or 2.
    static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return 1 }
        // Medial vowels and final consonants of Hangul join the syllable before them.
        if (0x1160...0x11FF).contains(value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if value < 0x1100 { return 1 }
        if scalar.properties.isEmojiPresentation { return 2 }
        return isWide(value) ? 2 : 1
    }

    /// The text cut to a number of cells, the last of them `…` where something is cut.
    static func cut(_ text: String, to width: Int) -> String {
        guard width > 0, of(text) > width else { return text }
        return prefix(text, width - 1) + "…"
    }

    /// As many characters from the beginning as fit.
    static func prefix(_ text: String, _ width: Int) -> String {
        var result = ""
        var used = 0
        for character in text {
            let cells = of(character)
            guard used + cells <= width else { break }
            used += cells
            result.append(character)
        }
        return result
    }

    /// The text with spaces behind it up to a number of cells.
    static func padded(_ text: String, to width: Int) -> String {
        let missing = width - of(text)
        return missing > 0 ? text + String(repeating: " ", count: missing) : text
    }

    private static func isWide(_ value: UInt32) -> Bool {
        var low = 0
        var high = wide.count
        while low < high {
            let middle = (low + high) / 2
            if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < wide.count && wide[low].contains(value)
    }

    /// The ranges of EastAsianWidth.txt that are W or F, those of emoji presentation apart; sorted.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x3247,
        0x3250...0x4DBF, 0x4DC0...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
        0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D376,
        0x1F200...0x1F2FF, 0x1F300...0x1F320, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
