import Diagnostics
import FleetModel

/// What is wrong with the user's files, as compilers say it.
public enum DiagnosticsView {
    /// A line each, `path:line:col: error: message`, and a last line that counts them; "" for none.
    ///
    /// Where `sourceLine` is given (on a terminal) each is followed by the line of the file that it is about, without its newline, and a
    /// caret below the character; nil for a file that cannot be read again.
    public static func text(
        _ diagnostics: [Diagnostic], style: Style = .plain, sourceLine: ((SourceLocation) -> String?)? = nil
    ) -> String {
        guard !diagnostics.isEmpty else { return "" }
        var result = ""
        for diagnostic in diagnostics {
            result += head(diagnostic, style)
            if let line = sourceLine?(diagnostic.location) {
                result += Excerpt(line, column: diagnostic.location.column, width: style.width).text(style)
            }
        }
        return result + totals(diagnostics) + "\n"
    }

    /// An array of objects with `file`, `line`, `column`, `severity` and `message`, for editors.
    public static func json(_ diagnostics: [Diagnostic]) -> String {
        JSONText.render(
            list: diagnostics.map {
                [
                    Field("file", $0.location.file), Field("line", $0.location.line),
                    Field("column", $0.location.column), Field("severity", $0.severity.rawValue),
                    Field("message", $0.message),
                ]
            })
    }

    /// `2 errors, 1 warning`; "" for none.
    public static func totals(_ diagnostics: [Diagnostic]) -> String {
        Diagnostic.Severity.allCases.compactMap { severity in
            let count = diagnostics.count { $0.severity == severity }
            return count == 0 ? nil : Wording.count(count, severity.rawValue)
        }.joined(separator: ", ")
    }

    private static func head(_ diagnostic: Diagnostic, _ style: Style) -> String {
        let place = style.paint("\(SafeText.line(diagnostic.location.description)):", .strong)
        let severity = style.paint("\(diagnostic.severity.rawValue):", diagnostic.severity.tone)
        return "\(place) \(severity) \(SafeText.line(diagnostic.message))\n"
    }
}

extension Diagnostic.Severity {
    var tone: Tone {
        switch self {
        case .error: .bad
        case .warning: .careful
        case .note: .notice
        }
    }
}
