import FleetModel

/// `instances/NAME/params.json` in the bucket: what an instance is to run, read by its agent every minute (SPEC 10).
///
/// Secrets are in it by their SSM names alone. A higher `version` makes the agent restart the bot.
public struct ParametersDocument: Hashable, Sendable, Codable {
    /// The newest layout of this document.
    public static let formatVersion = 1

    /// ``formatVersion`` when it was written, so that an agent can tell a layout that it does not know.
    public var format: Int
    /// Grows by one each time it is written for an instance.
    public var version: Int
    /// The fleet's name, as in the tag `botfleet:fleet`.
    public var fleet: String
    /// The instance's name, which is also its folder in the bucket: `streamer-data/NAME/…`.
    public var instance: String
    /// Goes into the bot's own params.json, as 80bots' scripts expect.
    public var userEmail: String
    /// The bot's name in the catalogue; for people, since `script` says what is run.
    public var bot: String
    /// The script to run, within the bundle.
    public var script: String
    /// SHA-256 of `bundles/<bundle>.tar.gz`.
    public var bundle: String
    /// SHA-256 of `boot/<boot>.sh`; nil where the fleet has no boot script.
    public var boot: String?
    /// By name: `{"value": …}` or `{"ssm": "/name"}`, as 80bots wrote them.
    public var parameters: [String: JSONValue]

    private enum CodingKeys: String, CodingKey {
        case format, version, fleet, instance
        case userEmail = "user_email"
        case bot, script, bundle, boot, parameters
    }

    /// The document of an instance: its deployment's parameters with the bot's types, and the bot's defaults for the
    /// rest.
    ///
    /// - Parameter bot: the catalogue's entry; without it every value is a string.
    public init(version: Int, fleet: String, instance: String, spec: InstanceSpec, bot: Bot?) {
        self.format = ParametersDocument.formatVersion
        self.version = version
        self.fleet = fleet
        self.instance = instance
        self.userEmail = spec.user
        self.bot = spec.bot
        self.script = spec.script
        self.bundle = spec.bundle
        self.boot = spec.bootScript
        self.parameters = ParametersDocument.typed(spec.parameters, by: bot?.parameters ?? [])
    }

    /// Where an instance's document lies in the bucket.
    public static func key(instance: String) -> String { "instances/\(instance)/params.json" }

    /// Where a bundle lies in the bucket.
    public static func bundleKey(digest: String) -> String { "bundles/\(digest).tar.gz" }

    /// Where a boot script lies in the bucket.
    public static func bootKey(digest: String) -> String { "boot/\(digest).sh" }

    private static func typed(_ values: [String: ParameterValue], by parameters: [BotParameter]) -> [String: JSONValue]
    {
        var result: [String: JSONValue] = [:]
        for parameter in parameters {
            guard values[parameter.name] == nil, let text = parameter.defaultValue else { continue }
            result[parameter.name] = ["value": typed(text, parameter.type)]
        }
        let types = Dictionary(parameters.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        for (name, value) in values {
            switch value {
            case .text(let text): result[name] = ["value": typed(text, types[name] ?? .string)]
            case .ssm(let path): result[name] = ["ssm": .string(path)]
            }
        }
        return result
    }

    private static func typed(_ text: String, _ type: BotParameter.Kind) -> JSONValue {
        switch type {
        case .string, .select, .url, .password: .string(text)
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .integer: Int(text).map { .integer($0) } ?? .string(text)
        case .number, .range:
            if let whole = Int(text) { .integer(whole) } else { Double(text).map { .number($0) } ?? .string(text) }
        }
    }
}
