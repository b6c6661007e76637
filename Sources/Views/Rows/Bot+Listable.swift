import FleetModel

extension Bot: Listable {
    /// What several are called.
    public static var plural: String { "bots" }

    /// What people see of one.
    public static var columns: [ListColumn<Bot>] {
        [
            ListColumn("NAME") { row, _ in Cell(row.name) },
            ListColumn("PLATFORM") { row, _ in Cell(row.platform) },
            ListColumn("SOURCE") { row, _ in Cell(row.source) },
            ListColumn("COMMIT") { row, _ in Cell(row.commit.map { String($0.prefix(12)) }) },
            ListColumn("PARAMETERS", narrowest: 18) { row, _ in
                Cell(row.parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }.joined(separator: " "))
            },
            ListColumn("DESCRIPTION", narrowest: 18) { row, _ in Cell(row.description) },
        ]
    }

    /// What a list's JSON gives of one.
    public var fields: [Field] {
        [
            Field("name", name), Field("source", source), Field("path", path), Field("commit", commit),
            Field("parameters", .array(parameters.map(\.listed))),
        ]
    }

    /// What is shown of one alone.
    public var allFields: [Field] {
        fields + [Field("description", description), Field("platform", platform), Field("icon", icon)]
    }
}

extension BotParameter {
    /// Whether a deployment may leave it out.
    fileprivate var isOptional: Bool { !required || defaultValue != nil }

    /// Its members as the bot's file gives them; those that it does not give are left out.
    fileprivate var listed: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "type": .string(type.rawValue), "required": .boolean(required),
        ]
        members["title"] = title.map { .string($0) }
        members["description"] = description.map { .string($0) }
        members["icon"] = icon.map { .string($0) }
        members["default"] = defaultValue.map { .string($0) }
        members["minimum"] = minimum.map { .number($0) }
        members["maximum"] = maximum.map { .number($0) }
        if !options.isEmpty { members["options"] = .array(options.map { .string($0) }) }
        return .object(members)
    }
}
