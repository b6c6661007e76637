import FleetModel

/// What a parameter's type says about its value.
enum ParameterRule {
    /// What is wrong with a value; nil where it fits. A password's value is never quoted.
    static func fault(of value: ParameterValue, as parameter: BotParameter) -> String? {
        guard case .text(let text) = value else { return nil }
        // Made only where something is wrong: the values that fit are many.
        var name: String { "parameter '\(parameter.name)'" }
        var shown: String { Quotation.quoted(text) }
        switch parameter.type {
        case .string:
            return nil
        case .number:
            guard let number = DecimalText.number(text) else { return "\(name) takes a number, not \(shown)" }
            return rangeFault(number, parameter)
        case .integer:
            guard let number = DecimalText.integer(text) else {
                let meant = DecimalText.meantInteger(text).map { " (write \($0))" } ?? ""
                return "\(name) takes a whole number, not \(shown)\(meant)"
            }
            return rangeFault(Double(number), parameter)
        case .range:
            guard let number = DecimalText.number(text) else {
                return "\(name) takes a number\(limits(parameter)), not \(shown)"
            }
            return rangeFault(number, parameter)
        case .boolean:
            return text == "true" || text == "false" ? nil : "\(name) is true or false, not \(shown)"
        case .select:
            guard !parameter.options.contains(text) else { return nil }
            return
                "\(name) has no option \(shown)\(Quotation.hint(for: text, among: parameter.options, called: "options"))"
        case .url:
            if WebAddress.isPlain(text) { return nil }
            guard let address = WebAddress(text), ["http", "https"].contains(address.scheme), !address.host.isEmpty
            else {
                return "\(name) takes a url like https://example.com, not \(shown)"
            }
            return nil
        case .password:
            return "\(name) is a password, which never stands in a file; write {ssm: NAME}"
        }
    }

    private static func rangeFault(_ number: Double, _ parameter: BotParameter) -> String? {
        let isInside = number >= parameter.minimum ?? -.infinity && number <= parameter.maximum ?? .infinity
        return isInside ? nil : "parameter '\(parameter.name)' takes a number\(limits(parameter)), not \(short(number))"
    }

    private static func limits(_ parameter: BotParameter) -> String {
        switch (parameter.minimum, parameter.maximum) {
        case (let low?, let high?): " from \(short(low)) to \(short(high))"
        case (let low?, nil): " from \(short(low))"
        case (nil, let high?): " up to \(short(high))"
        case (nil, nil): ""
        }
    }

    /// `9`, not `9.0`.
    private static func short(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }
}
