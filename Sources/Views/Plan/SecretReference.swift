import FleetModel

/// A parameter that is only named in a plan: `{"ssm": "/bots/password"}`.
struct SecretReference: Hashable {
    /// The SSM parameter's name.
    let name: String

    /// The reference that a value is; nil for any other value.
    init?(_ value: JSONValue) {
        guard case .object(let members) = value, members.count == 1, let name = members["ssm"]?.text else { return nil }
        self.name = name
    }
}
