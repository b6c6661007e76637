/// What MySQL keeps of a fleet's own settings: fleet.yaml and the bot sources, all that a runner needs without the
/// files.
///
/// Names of secrets are in it, never values; the database's own address is not.
public struct StoredSettings: Hashable, Sendable, Codable {
    /// fleet.yaml's, with an empty database url: whoever reads this row has it already.
    public var settings: FleetSettings
    /// In the order of their names, so that a file's rename changes nothing.
    public var sources: [BotSource]

    /// Settings as they are stored: sources in the order of their names.
    public init(_ settings: FleetSettings, sources: [BotSource]) {
        self.settings = settings
        self.settings.database = DatabaseSettings(url: "")
        self.sources = sources.sorted { $0.name < $1.name }
    }
}

extension StoredSettings {
    private enum CodingKeys: String, CodingKey {
        case sources
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        settings = try FleetSettings(from: decoder)
        sources = try decoder.container(keyedBy: CodingKeys.self).decode([BotSource].self, forKey: .sources)
    }

    /// Writes the settings' own keys, and `sources` beside them.
    public func encode(to encoder: any Encoder) throws {
        try settings.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sources, forKey: .sources)
    }
}
