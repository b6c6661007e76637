import FleetModel

/// An instance's attributes as a plan shows them, before and after.
enum InstanceAttributes {
    /// What the files want. `actualType` is the type it has where that is one of the wanted; nil shows all of them.
    static func wanted(_ spec: InstanceSpec, power: PowerState?, actualType: String?) -> JSONValue {
        var members = common(spec)
        let isListed = actualType.map { spec.instanceTypes.contains($0) } ?? false
        members["instance_type"] = .string(
            isListed ? actualType ?? "" : spec.instanceTypes.joined(separator: ", "))
        if let power { members["state"] = .string(power.rawValue) }
        return .object(members)
    }

    /// What was applied last, with what AWS shows of type and state.
    static func recorded(_ spec: InstanceSpec, _ row: RecordedInstance, _ seen: ObservedInstance?) -> JSONValue {
        var members = common(spec)
        members["instance_type"] = .string(
            seen?.instanceType ?? row.instanceType ?? spec.instanceTypes.joined(separator: ", "))
        members["storage_gb"] = .integer(row.storageGB ?? spec.storageGB)
        if let id = row.instanceID { members["instance_id"] = .string(id) }
        return .object(members)
    }

    private static func common(_ spec: InstanceSpec) -> [String: JSONValue] {
        [
            "region": .string(spec.region), "user": .string(spec.user), "bot": .string(spec.bot),
            "storage_gb": .integer(spec.storageGB), "image": .string(spec.image ?? "default"),
            "instance_profile": spec.instanceProfile.map { .string($0) } ?? .null,
            "parameters": .object(spec.parameters.mapValues(shown)), "bundle": .string(spec.bundle),
            "boot_script": spec.bootScript.map { .string($0) } ?? .null, "protect": .boolean(spec.protect),
        ]
    }

    private static func shown(_ value: ParameterValue) -> JSONValue {
        switch value {
        case .text(let text): .string(text)
        case .ssm(let name): ["ssm": .string(name)]
        }
    }
}
