import FleetModel

/// A JSON value as a command prints it.
public enum JSONView {
    /// The value over lines, with an end of line.
    public static func text(_ value: JSONValue) -> String { JSONText.render(value) }
}
