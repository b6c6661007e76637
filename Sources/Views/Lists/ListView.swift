import FleetModel

/// The one place that turns rows into a table or JSON.
public enum ListView {
    /// All rows, in the order given: a table (`No instances.` for none), or an array of objects.
    public static func list<Row: Listable>(_ rows: [Row], as format: ListFormat, in context: ListContext) -> String {
        switch format {
        case .json: JSONText.render(list: rows.map(\.fields))
        case .table: rows.isEmpty ? "No \(Row.plural).\n" : table(rows, in: context)
        }
    }

    /// One row, whole: `key: value` lines, or one object.
    public static func whole<Row: Listable>(_ row: Row, as format: ListFormat, in context: ListContext) -> String {
        switch format {
        case .json: JSONText.render(object: row.allFields)
        case .table: lines(row.allFields, style: context.style)
        }
    }

    private static func table<Row: Listable>(_ rows: [Row], in context: ListContext) -> String {
        let columns = Row.columns
        return Grid(
            columns: columns.map { Grid.Column(title: $0.title, isNumber: $0.isNumber, narrowest: $0.narrowest) },
            rows: rows.map { row in columns.map { $0.cell(row, context) } }
        ).text(style: context.style)
    }

    /// `key: value` lines with the values aligned; what holds more than one line is indented below its key, as YAML has it.
    static func lines(_ fields: [Field], style: Style) -> String {
        let width = fields.map { CellWidth.of($0.key) }.max() ?? 0
        return fields.map { field in
            let key = style.paint("\(field.key):", .faint)
            let gap = String(repeating: " ", count: width - CellWidth.of(field.key) + 1)
            switch field.value {
            case .object(let members) where !members.isEmpty && SecretReference(field.value) == nil:
                return "\(key)\n" + nested(members)
            case .array(let elements) where !elements.isEmpty && elements.contains(where: isComposite):
                return "\(key)\n" + elements.map { "  - \(ValueText.inline($0))\n" }.joined()
            default:
                return "\(key)\(gap)\(plain(field.value))\n"
            }
        }.joined()
    }

    private static func nested(_ members: [String: JSONValue]) -> String {
        let width = members.keys.map { CellWidth.of(SafeText.line($0)) }.max() ?? 0
        return members.sorted { NaturalOrder.precedes($0.key, $1.key) }.map {
            "  \(CellWidth.padded("\(SafeText.line($0.key)):", to: width + 1)) \(plain($0.value))\n"
        }.joined()
    }

    private static func isComposite(_ value: JSONValue) -> Bool {
        switch value {
        case .object, .array: true
        case .null, .boolean, .integer, .number, .string: false
        }
    }

    /// Texts without quotes, nothing as `-`.
    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null: return "-"
        case .string(let text): return text.isEmpty ? "\"\"" : SafeText.line(text)
        case .array(let elements) where elements.isEmpty: return "-"
        case .array(let elements) where !elements.contains(where: isComposite):
            return elements.map(plain).joined(separator: ", ")
        case .array, .object, .boolean, .integer, .number: return ValueText.inline(value)
        }
    }
}
