import FleetModel

extension BotParameter {
    /// Whether a deployment may leave it out.
    var isOptional: Bool { !required || defaultValue != nil }

    /// Its members as the bot's file gives them; those that it does not give are left out.
    var listed: JSONValue {
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
