/// A table of cells in columns two spaces apart, without lines: what `column -t`, awk and the eye can all read.
///
/// Where a line gets longer than the style's width, the columns that may be cut are, the widest first, down to their narrowest; the rest
/// overflows, because half a name is none.
struct Grid {
    struct Column: Hashable {
        let title: String
        var isNumber = false
        var narrowest: Int?
    }

    let columns: [Column]
    let rows: [[Cell]]

    private static let gap = 2

    /// A line of titles and a line a row, without spaces at the ends of lines.
    func text(style: Style) -> String {
        let widths = fitted(to: style.width)
        var result = line(columns.map { Cell($0.title, .strong) }, widths, style)
        for row in rows { result += line(row, widths, style) }
        return result
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        var result = ""
        for (index, cell) in cells.enumerated() {
            let text = CellWidth.cut(cell.text, to: widths[index])
            let padding = String(repeating: " ", count: max(0, widths[index] - CellWidth.of(text)))
            let painted = style.paint(text, cell.tone)
            if columns[index].isNumber {
                result += padding + painted
            } else {
                result += index == cells.count - 1 ? painted : painted + padding
            }
            if index < cells.count - 1 { result += String(repeating: " ", count: Grid.gap) }
        }
        return result + "\n"
    }

    private func fitted(to width: Int) -> [Int] {
        var widths = columns.map { CellWidth.of($0.title) }
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], CellWidth.of(cell.text)) }
        }
        var excess = widths.reduce(Grid.gap * (columns.count - 1), +) - width
        while excess > 0 {
            let elastic = columns.indices.filter { widths[$0] > columns[$0].narrowest ?? .max }
            guard let widest = elastic.max(by: { widths[$0] < widths[$1] }) else { break }
            // Down to the next widest at once, so that one endless value costs no loop over its length.
            let next = elastic.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? 0
            let floor = max(next, columns[widest].narrowest ?? 0)
            let step = max(1, min(excess, widths[widest] - floor))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }
}
