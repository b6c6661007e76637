import Diagnostics

/// An error about the world, as every command ends with it on standard error.
public enum FailureView {
    /// `error: summary`, and the hint on an indented line of its own; other errors by their description.
    public static func text(_ failure: any Error, style: Style = .plain) -> String {
        guard let described = failure as? any DescribedFailure else {
            return text(summary: String(describing: failure), hint: nil, style: style)
        }
        return text(summary: described.summary, hint: described.hint, style: style)
    }

    /// The same of its two parts.
    public static func text(summary: String, hint: String?, style: Style = .plain) -> String {
        var result = "\(style.paint("error:", .bad)) \(SafeText.line(summary))\n"
        if let hint, !hint.isEmpty { result += "  \(SafeText.line(hint))\n" }
        return result
    }

    /// `warning: …`.
    public static func warning(_ message: String, style: Style = .plain) -> String {
        "\(style.paint("warning:", .careful)) \(SafeText.line(message))\n"
    }
}
