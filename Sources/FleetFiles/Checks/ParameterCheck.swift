import FleetModel

/// What keeps a deployment's parameters from fitting its bot (SPEC 1).
public enum ParameterFault: Hashable, Sendable {
    /// The bot takes no parameter of this name.
    case unknown(name: String)
    /// The value is not of the parameter's type, or out of its range; the text says what it takes and never quotes a password.
    case unfit(name: String, text: String)
    /// The bot needs it, and it is not given.
    case missing(BotParameter)

    /// What is wrong with all of a deployment's parameters, in the order of their names; the missing ones last.
    ///
    /// Pure.
    public static func all(of values: [String: ParameterValue], as bot: Bot) -> [ParameterFault] {
        let known = Dictionary(bot.parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return all(of: values, as: bot, known)
    }

    /// The same where the bot's parameters are indexed already.
    static func all(
        of values: [String: ParameterValue], as bot: Bot, _ known: [String: BotParameter]
    ) -> [ParameterFault] {
        var faults: [ParameterFault] = []
        for (name, value) in values {
            if let parameter = known[name] {
                if let text = ParameterRule.fault(of: value, as: parameter) {
                    faults.append(.unfit(name: name, text: text))
                }
            } else {
                faults.append(.unknown(name: name))
            }
        }
        if faults.count > 1 { faults.sort { $0.name < $1.name } }
        for parameter in bot.parameters
        where parameter.required && parameter.defaultValue == nil && values[parameter.name] == nil {
            faults.append(.missing(parameter))
        }
        return faults
    }

    /// The parameter at fault.
    public var name: String {
        switch self {
        case .unknown(let name), .unfit(let name, _): name
        case .missing(let parameter): parameter.name
        }
    }

    /// In words.
    public func text(bot: String) -> String {
        switch self {
        case .unknown(let name): "bot '\(bot)' takes no parameter \(Quotation.quoted(name))"
        case .unfit(_, let text): text
        case .missing(let parameter):
            "missing parameter '\(parameter.name)' of bot '\(bot)'"
                + (parameter.type == .password ? "; write {ssm: NAME}" : " (\(parameter.type.rawValue))")
        }
    }
}
