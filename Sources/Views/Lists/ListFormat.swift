/// What a list is written as (SPEC 3, `--format`).
public enum ListFormat: String, Hashable, Sendable, CaseIterable {
    /// For people.
    case table
    /// For programs: an array of objects.
    case json
}
