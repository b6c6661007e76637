import Diagnostics
import FleetModel

/// Reads one parameter of a PARAMS block and checks that it makes sense.
struct BotParameterReader {
    /// The keys that a parameter may have.
    static let keys = ["name", "type", "title", "description", "icon", "required", "default", "range", "options"]

    let name: String
    let nameOffset: Int
    private(set) var faults: [(offset: Int, message: String)] = []
    private(set) var warnings: [(offset: Int, message: String)] = []

    init(name: String, nameOffset: Int) {
        self.name = name
        self.nameOffset = nameOffset
    }

    /// The parameter as far as it could be read; it counts only while `faults` is empty.
    mutating func read(_ members: [PositionedJSON.Member]) -> BotParameter {
        let values = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        var parameter = BotParameter(name: name, type: readType(values["type"]))
        parameter.title = text(values["title"], "title")
        parameter.description = text(values["description"], "description")
        parameter.icon = text(values["icon"], "icon")
        parameter.required = readRequired(values["required"])
        readRange(values["range"], into: &parameter)
        readOptions(values["options"], into: &parameter)
        if let value = values["default"] { parameter.defaultValue = readDefault(value, parameter) }
        return parameter
    }

    private mutating func readType(_ json: PositionedJSON?) -> BotParameter.Kind {
        guard let written = text(json, "type"), let json else { return .string }
        // 80bots' own bots write `String` and `Number`.
        if let kind = BotParameter.Kind(rawValue: written.lowercased()) { return kind }
        let known = BotParameter.Kind.allCases.map(\.rawValue)
        let hint = Suggestion.nearest(to: written, among: known).map { " (did you mean '\($0)'?)" } ?? ""
        warnings.append((json.offset, "'\(name)' has the unknown type '\(written)' and is taken as a string\(hint)"))
        return .string
    }

    private mutating func readRequired(_ json: PositionedJSON?) -> Bool {
        guard let json else { return true }
        guard case .boolean(let value) = json.value else {
            faults.append((json.offset, "'required' takes true or false, found \(json.kindName)"))
            return true
        }
        return value
    }

    private mutating func readRange(_ json: PositionedJSON?, into parameter: inout BotParameter) {
        guard parameter.type == .range else { return }
        guard let json else {
            faults.append((nameOffset, "'\(name)' is a range without \"range\": \"LOW-HIGH\""))
            return
        }
        guard let written = text(json, "range") else { return }
        guard let (low, high) = Self.bounds(written) else {
            faults.append((json.offset, "'\(written)' is not a range (write \"1-9\", \"-5-5\" or \"0.5-2\")"))
            return
        }
        guard low <= high else {
            faults.append((json.offset, "the range '\(written)' is empty: its end is below its beginning"))
            return
        }
        (parameter.minimum, parameter.maximum) = (low, high)
    }

    /// Both ends of `1-9`, `-5-5`, `-9--3`, `0.5 - 2`; nil for anything else.
    static func bounds(_ text: String) -> (low: Double, high: Double)? {
        let characters = text.filter { $0 != " " }
        // The dash that separates is the first one behind a digit.
        var previous: Character?
        for index in characters.indices {
            if characters[index] == "-", let before = previous, before.isASCII, before.isNumber {
                let low = decimal(characters[..<index])
                let high = decimal(characters[characters.index(after: index)...])
                guard let low, let high else { return nil }
                return (low, high)
            }
            previous = characters[index]
        }
        return nil
    }

    /// A plain decimal number: no exponent, no `+`, no `inf`.
    static func decimal(_ text: some StringProtocol) -> Double? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else {
            return nil
        }
        return Double(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func readOptions(_ json: PositionedJSON?, into parameter: inout BotParameter) {
        guard parameter.type == .select else { return }
        guard let json else {
            faults.append((nameOffset, "'\(name)' is a select without \"options\": […]"))
            return
        }
        guard case .array(let elements) = json.value else {
            faults.append((json.offset, "'options' takes a list, found \(json.kindName)"))
            return
        }
        guard !elements.isEmpty else {
            faults.append((json.offset, "'options' is empty"))
            return
        }
        for element in elements {
            guard let option = Self.scalar(element) else {
                faults.append((element.offset, "an option is a text or a number, found \(element.kindName)"))
                continue
            }
            guard !parameter.options.contains(option) else {
                faults.append((element.offset, "duplicate option '\(option)'"))
                continue
            }
            parameter.options.append(option)
        }
    }

    private mutating func readDefault(_ json: PositionedJSON, _ parameter: BotParameter) -> String? {
        if json.value == .null { return nil }
        guard parameter.type != .password else {
            warnings.append(
                (json.offset, "the default of the password '\(name)' is passed over (it takes only a secret)"))
            return nil
        }
        guard let value = Self.scalar(json) else {
            faults.append((json.offset, "'default' takes a single value, found \(json.kindName)"))
            return nil
        }
        if let problem = Self.problem(with: value, for: parameter) {
            faults.append((json.offset, "the default of '\(name)' \(problem)"))
        }
        return value
    }

    /// Why a text is no value of this parameter; nil when it is one.
    private static func problem(with value: String, for parameter: BotParameter) -> String? {
        switch parameter.type {
        case .string, .password: return nil
        case .number: return Double(value).map(\.isFinite) == true ? nil : "is not a number: '\(value)'"
        case .integer: return Int(value) != nil && !value.hasPrefix("+") ? nil : "is not an integer: '\(value)'"
        case .boolean: return ["true", "false"].contains(value) ? nil : "is not true or false: '\(value)'"
        case .range:
            guard let low = parameter.minimum, let high = parameter.maximum else { return nil }
            guard let number = decimal(value), (low...high).contains(number) else {
                return "is not within its range: '\(value)'"
            }
            return nil
        case .select: return parameter.options.contains(value) ? nil : "is not one of its options: '\(value)'"
        case .url: return isURL(value) ? nil : "is not a URL: '\(value)'"
        }
    }

    /// `scheme://host…` without blanks: enough to catch a slip, not a parser of RFC 3986.
    private static func isURL(_ text: String) -> Bool {
        guard let separator = text.firstRange(of: "://"), !text.contains(where: \.isWhitespace) else { return false }
        let scheme = text[..<separator.lowerBound]
        let rest = text[separator.upperBound...]
        return scheme.first?.isLetter == true
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            && rest.first.map { $0 != "/" } == true
    }

    private static func scalar(_ json: PositionedJSON) -> String? {
        switch json.value {
        case .string(let text), .number(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private mutating func text(_ json: PositionedJSON?, _ key: String) -> String? {
        guard let json else { return nil }
        guard case .string(let text) = json.value else {
            faults.append((json.offset, "'\(key)' takes a string, found \(json.kindName)"))
            return nil
        }
        return text
    }
}
