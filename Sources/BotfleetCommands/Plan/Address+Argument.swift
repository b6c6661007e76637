import ArgumentParser
import FleetModel

extension Address {
    /// Reads the address of an option.
    static func argument(_ text: String) throws -> Address {
        guard let address = Address(text) else {
            throw ValidationError("an address is KIND.NAME, as plan shows them: instance.web-1, deployment.web")
        }
        return address
    }

    /// Reads the address of an instance.
    static func instanceArgument(_ text: String) throws -> Address {
        let address = try argument(text)
        guard address.kind == .instance else {
            throw ValidationError("only instances are replaced: instance.NAME")
        }
        return address
    }
}
