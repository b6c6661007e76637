/// A column of a list's table: how one of a row's values is shown to people, apart from how programs get it.
public struct ListColumn<Row>: Sendable {
    let title: String
    /// Numbers stand at the right.
    let isNumber: Bool
    /// How far its cells may be cut where a line gets too long; nil for names, ids and states, which never are.
    let narrowest: Int?
    let cell: @Sendable (Row, ListContext) -> Cell

    init(
        _ title: String, isNumber: Bool = false, narrowest: Int? = nil,
        cell: @escaping @Sendable (Row, ListContext) -> Cell
    ) {
        self.title = title
        self.isNumber = isNumber
        self.narrowest = narrowest
        self.cell = cell
    }
}

/// What stands in a table at a row and a column: escaped text and its tone; `-` for nothing.
struct Cell: Hashable, Sendable {
    let text: String
    let tone: Tone

    init(_ text: String?, _ tone: Tone = .plain) {
        let safe = SafeText.line(text ?? "")
        self.text = safe.isEmpty ? "-" : safe
        self.tone = safe.isEmpty ? .faint : tone
    }

    init(_ number: Int?) { self.init(number.map(String.init)) }
}
