import AWSSigning

/// The fields of an EC2 call, as the query protocol numbers and encodes them.
///
/// Order is that of adding, so that the same call is the same bytes.
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
struct EC2Query: Hashable, Sendable {
    static let version = "2016-11-15"

    let action: String
    private(set) var fields: [(name: String, value: String)] = []

    init(_ action: String) { self.action = action }

    static func == (left: EC2Query, right: EC2Query) -> Bool { left.body == right.body }
    func hash(into hasher: inout Hasher) { hasher.combine(body) }

    /// Adds a field; nothing where the value is nil.
    mutating func add(_ name: String, _ value: String?) {
        if let value { fields.append((name, value)) }
    }

    /// Adds `NAME.1`, `NAME.2`, …
    mutating func add(_ name: String, list values: [String]) {
        for (index, value) in values.enumerated() { fields.append(("\(name).\(index + 1)", value)) }
    }

    /// Adds `Filter.N.Name` and its values.
    mutating func add(_ filters: [EC2Filter]) {
        for (index, filter) in filters.enumerated() {
            fields.append(("Filter.\(index + 1).Name", filter.name))
            add("Filter.\(index + 1).Value", list: filter.values)
        }
    }

    /// Adds tags as `PREFIX.N.Key` and `.Value`, sorted by key.
    mutating func add(_ prefix: String, tags: [String: String]) {
        let sorted = tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, tag) in sorted.enumerated() {
            fields.append(("\(prefix).\(index + 1).Key", tag.key))
            fields.append(("\(prefix).\(index + 1).Value", tag.value))
        }
    }

    /// Adds the N-th tag specification, for resources of a type; nothing where there are no tags.
    mutating func add(specification number: Int, of type: String, tags: [String: String]) {
        guard !tags.isEmpty else { return }
        add("TagSpecification.\(number).ResourceType", type)
        add("TagSpecification.\(number).Tag", tags: tags)
    }

    /// `application/x-www-form-urlencoded`, spaces as `+`.
    var body: String {
        let all = [(name: "Action", value: action), (name: "Version", value: EC2Query.version)] + fields
        return all.map { "\(PercentEncoding.form($0.name))=\(PercentEncoding.form($0.value))" }.joined(separator: "&")
    }
}
