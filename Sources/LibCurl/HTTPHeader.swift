/// A header line of a request or an answer. Names compare without case (RFC 9110 section 5.1).
public struct HTTPHeader: Hashable, Sendable {
    /// In any case; sent as written.
    public var name: String
    /// Without white space at its ends.
    public var value: String

    /// A header with its value, neither with line ends.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The line as curl takes it: `Name: value`, or `Name;` for an empty value; nil where it would smuggle in more
    /// lines.
    var line: String? {
        let forbidden: (UInt8) -> Bool = { $0 == 0 || $0 == 10 || $0 == 13 }
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: ":")), !name.utf8.contains(where: forbidden),
            !value.utf8.contains(where: forbidden)
        else { return nil }
        return value.isEmpty ? "\(name);" : "\(name): \(value)"
    }
}

extension [HTTPHeader] {
    /// The value of the first header of this name, whatever its case; nil without one.
    public subscript(name: String) -> String? {
        first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name.lowercased() }?.value
    }
}
