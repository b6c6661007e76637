import FleetModel

/// An instance with what its agent says of itself.
public struct InstanceDetail: Hashable, Sendable {
    /// What is recorded of it.
    public var instance: RecordedInstance
    /// What its agent said last, by the words of status.json; empty where it said nothing yet.
    public var agent: [(name: String, value: JSONValue)]

    /// An instance and its agent's words, in the order in which they are shown.
    public init(_ instance: RecordedInstance, agent: [(name: String, value: JSONValue)]) {
        self.instance = instance
        self.agent = agent
    }

    /// By what is shown.
    public static func == (left: InstanceDetail, right: InstanceDetail) -> Bool {
        left.instance == right.instance && left.agent.map(\.name) == right.agent.map(\.name)
            && left.agent.map(\.value) == right.agent.map(\.value)
    }

    /// By the instance.
    public func hash(into hasher: inout Hasher) { hasher.combine(instance) }
}

extension InstanceDetail: Listable {
    /// What several are called.
    public static var plural: String { RecordedInstance.plural }

    /// As an instance.
    public static var columns: [ListColumn<InstanceDetail>] { [] }

    /// What a list's JSON gives of one.
    public var fields: [Field] { instance.fields }

    /// What is shown of one alone.
    public var allFields: [Field] { instance.allFields + agent.map { Field($0.name, $0.value) } }
}
