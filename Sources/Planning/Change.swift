import FleetModel

/// One difference between what the files want and what is there, and what to do about it.
public struct Change: Hashable, Sendable {
    /// What is done. The raw values are those of the plan's JSON (SPEC 4).
    public enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        /// Made where nothing was.
        case create
        /// Changed in place.
        case update
        /// Terminated, and launched under the same name.
        case replace
        /// Removed, from AWS too where it is there.
        case delete
        /// Only started.
        case start
        /// Only stopped.
        case stop
        /// Launched again after AWS lost it.
        case restore
        /// Taken over as it is in AWS.
        case adopt
    }

    /// Where it is done.
    public enum System: String, Hashable, Sendable, Codable, CaseIterable {
        /// EC2 or the bucket.
        case aws
        /// The fleet's rows.
        case mysql
    }

    /// What it is about; no two changes of a plan have the same.
    public var address: Address
    /// What is done to it.
    public var action: Action
    /// AWS before MySQL where both change.
    public var systems: [System]
    /// Why, in a few words: `its bundle changed`, `not recorded yet`.
    public var reason: String
    /// `FILE:LINE` of the declaration; nil where the file is gone.
    public var location: String?
    /// What was applied last or is seen; nil for something new.
    public var before: JSONValue?
    /// What will be; nil for something that goes.
    public var after: JSONValue?
    /// SHA-256 over the desired values, the recorded revision and the managed attributes seen: a saved plan's change
    /// still holds while the change of its address, planned anew, has the same.
    public var fingerprint: String
    /// What apply carries out; nil in a plan that was read from a file.
    public var operation: Operation?

    /// A change without a fingerprint, which the plan computes, unless one is given.
    public init(
        address: Address, action: Action, systems: [System], reason: String, location: String? = nil,
        before: JSONValue? = nil, after: JSONValue? = nil, fingerprint: String = "", operation: Operation? = nil
    ) {
        self.address = address
        self.action = action
        self.systems = systems
        self.reason = reason
        self.location = location
        self.before = before
        self.after = after
        self.fingerprint = fingerprint
        self.operation = operation
    }

    /// The names of the attributes that differ, sorted; all of them for a create or a delete.
    public var changedAttributes: [String] {
        guard case .object(let old)? = before, case .object(let new)? = after else {
            guard case .object(let members)? = after ?? before else { return [] }
            return members.keys.sorted()
        }
        return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    }
}

extension Change: Codable {
    private enum CodingKeys: String, CodingKey {
        case address, action
        case systems = "in"
        case reason, location, before, after, fingerprint
    }

    /// Reads a plan file's change, whose operation is not in it: apply plans anew to have one.
    ///
    /// - Throws: `DecodingError` for a key that is missing or of another type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            address: try container.decode(Address.self, forKey: .address),
            action: try container.decode(Action.self, forKey: .action),
            systems: try container.decode([System].self, forKey: .systems),
            reason: try container.decode(String.self, forKey: .reason),
            location: try container.decodeIfPresent(String.self, forKey: .location),
            before: try container.decodeIfPresent(JSONValue.self, forKey: .before),
            after: try container.decodeIfPresent(JSONValue.self, forKey: .after),
            fingerprint: try container.decode(String.self, forKey: .fingerprint))
    }

    /// Writes the keys of SPEC 4, `before` and `after` as null where there is none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(address, forKey: .address)
        try container.encode(action, forKey: .action)
        try container.encode(systems, forKey: .systems)
        try container.encode(reason, forKey: .reason)
        try container.encode(location, forKey: .location)
        try container.encode(before, forKey: .before)
        try container.encode(after, forKey: .after)
        try container.encode(fingerprint, forKey: .fingerprint)
    }
}
