/// A line of a plan's body before it is laid out: as text the sign is indented, in a pull request's diff it stands first.
struct BodyLine: Hashable {
    enum Sign: String, Hashable {
        case add = "+"
        case change = "~"
        case remove = "-"
        case replace = "-/+"
        /// A line without a sign: a closing bracket, or the second half of a long one.
        case none = ""
        /// A remark.
        case comment = "#"
    }

    var sign: Sign
    /// 0 for a change itself, 1 for its attributes, 2 for what is in them.
    var depth: Int
    /// Escaped, without colours.
    var text: String
    /// Whether it heads a block.
    var isHeader = false

    /// As Terraform lays lines out: the sign's end in the third column, four columns deeper each level.
    func laidOut(_ style: Style) -> String {
        switch sign {
        case .none: return spaces(4 * depth + 4) + text
        case .comment:
            let line = "\(spaces(depth == 0 ? 2 : 4 * depth + 4))# \(text)"
            return style.paint(line, isHeader ? .strong : .faint)
        case .add, .change, .remove, .replace:
            return "\(spaces(4 * depth + 3 - sign.rawValue.count))\(style.paint(sign.rawValue, sign.tone)) \(text)"
        }
    }

    /// As a line of a diff, so that it is coloured where diffs are.
    var inDiff: String {
        switch sign {
        case .none: " \(spaces(4 * depth + 3))\(text)"
        case .comment: depth == 0 ? "# \(text)" : " \(spaces(4 * depth + 3))# \(text)"
        case .add, .remove: "\(sign.rawValue)\(spaces(4 * depth + 3))\(text)"
        case .change: "!\(spaces(4 * depth + 3))\(text)"
        case .replace: "! -/+ \(text)"
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension BodyLine.Sign {
    fileprivate var tone: Tone {
        switch self {
        case .add: .good
        case .change, .replace: .careful
        case .remove: .bad
        case .none, .comment: .plain
        }
    }
}
