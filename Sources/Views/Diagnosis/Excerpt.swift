/// A line of a file and a caret below one of its characters.
///
/// Columns count Unicode scalars, terminals count cells: a tab ends at the next multiple of four, wide characters take two cells,
/// combining ones none, and what is escaped takes as many as its escape. A long line is cut around the caret.
struct Excerpt {
    private let shown: String
    /// Cells before the caret.
    private let offset: Int

    private static let tab = 4
    private static let margin = "    "

    init(_ line: String, column: Int, width: Int) {
        // Nothing further away than this could be shown; a line of megabytes costs no more than a long one.
        let reach = 2_000
        let scalars = line.unicodeScalars.prefix(max(0, column - 1) + reach)
        var before = ""
        var after = ""
        var cells = 0
        for (index, scalar) in scalars.enumerated() {
            let piece = Excerpt.piece(scalar, at: cells)
            cells += CellWidth.of(piece)
            if index < column - 1 { before += piece } else { after += piece }
        }
        let room = max(20, (width == .max ? 400 : width) - Excerpt.margin.count)
        let caret = CellWidth.of(before)
        guard caret + CellWidth.of(after) > room else {
            shown = before + after
            offset = caret
            return
        }
        // Two thirds of the room lie before the caret where the line's beginning has to go.
        let kept = caret < room * 2 / 3 ? before : "…" + Excerpt.suffix(before, room * 2 / 3 - 1)
        offset = CellWidth.of(kept)
        shown = kept + CellWidth.cut(after, to: room - offset)
    }

    /// Two lines.
    func text(_ style: Style) -> String {
        let caret = style.paint("^", .good)
        return "\(Excerpt.margin)\(shown)\n\(Excerpt.margin)\(String(repeating: " ", count: offset))\(caret)\n"
    }

    private static func piece(_ scalar: Unicode.Scalar, at cells: Int) -> String {
        if scalar == "\t" { return String(repeating: " ", count: tab - cells % tab) }
        return SafeText.isHostile(scalar) ? SafeText.line(String(scalar)) : String(scalar)
    }

    /// As many characters from the end as fit.
    private static func suffix(_ text: String, _ width: Int) -> String {
        String(CellWidth.prefix(String(text.reversed()), width).reversed())
    }
}
