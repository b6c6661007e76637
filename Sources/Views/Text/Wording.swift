/// Numbers and lists in English.
enum Wording {
    /// `1 error`, `2 errors`; the plural is the singular with `s` unless given.
    static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? singular : plural ?? "\(singular)s")"
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ items: [String], _ word: String = "and") -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) \(word) \(last)"
    }

    /// A figure with at most two decimals: `150`, `12.5`, `0.33`.
    static func figure(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        let hundredths = Int((value * 100).rounded())
        let whole = "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100)"
        let rest = abs(hundredths) % 100
        if rest == 0 { return whole }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Dollars with two decimals: `$12.50`, `-$0.33`.
    static func dollars(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        let cents = Int((abs(value) * 100).rounded())
        let rest = cents % 100
        return "\(value < 0 && cents > 0 ? "-" : "")$\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
