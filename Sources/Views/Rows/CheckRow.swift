/// One thing that `doctor` looked at.
public struct CheckRow: Hashable, Sendable {
    /// How a check ended.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case passed, warned, failed
    }

    /// How it ended.
    public var outcome: Outcome
    /// What was looked at: `database`, `credentials`, `clock`.
    public var name: String
    /// What was found.
    public var detail: String
    /// What to do; nil where nothing is to be done.
    public var hint: String?

    /// A check and what came of it.
    public init(_ outcome: Outcome, _ name: String, _ detail: String, hint: String? = nil) {
        self.outcome = outcome
        self.name = name
        self.detail = detail
        self.hint = hint
    }
}

extension CheckRow: Listable {
    /// What several are called.
    public static var plural: String { "checks" }

    /// What people see of one.
    public static var columns: [ListColumn<CheckRow>] {
        [
            ListColumn("CHECK") { row, _ in Cell(row.name) },
            ListColumn("RESULT") { row, _ in Cell(row.outcome.word, row.outcome.tone) },
            ListColumn("DETAIL") { row, _ in Cell(row.hint.map { "\(row.detail) (\($0))" } ?? row.detail) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [Field("check", name), Field("outcome", outcome.rawValue), Field("detail", detail), Field("hint", hint)]
    }
}

extension CheckRow.Outcome {
    fileprivate var word: String {
        switch self {
        case .passed: "ok"
        case .warned: "warning"
        case .failed: "FAILED"
        }
    }

    fileprivate var tone: Tone {
        switch self {
        case .passed: .good
        case .warned: .careful
        case .failed: .bad
        }
    }
}
