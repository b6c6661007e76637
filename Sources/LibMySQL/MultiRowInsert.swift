/// The text of statements that take many rows at once.
public enum MultiRowInsert {
    /// Rows that one statement takes: beyond some hundreds a larger batch gains nothing measurable.
    public static let rowsPerStatement = 500
    /// Placeholders that the protocol counts in 16 bits.
    private static let maximumPlaceholders = 65_535

    /// `(?,?),(?,?)`: placeholders for some rows of some columns.
    public static func placeholders(rows: Int, columns: Int) -> String {
        let row = "(" + repeatElement("?", count: columns).joined(separator: ",") + ")"
        return repeatElement(row, count: rows).joined(separator: ",")
    }

    /// `?,?,?`: placeholders for a list, as IN takes it.
    public static func list(_ count: Int) -> String { repeatElement("?", count: count).joined(separator: ",") }

    /// How many rows of so many columns one statement takes.
    public static func batchSize(columns: Int) -> Int {
        max(1, min(rowsPerStatement, maximumPlaceholders / max(1, columns)))
    }
}
