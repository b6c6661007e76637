import Diagnostics

/// A value read from a file, with the places it came from.
public struct Located<Value: Sendable>: Sendable {
    /// What was read, without its places: two values of different places may be equal.
    public var value: Value
    /// Where the document begins that declares it: the value's own line in a list, else the document's first key.
    public var location: SourceLocation
    /// Where each of its keys has its value, by dotted path: `bot`, `parameters.speed`, `week.0.start`.
    public var places: [String: SourceLocation]

    /// A value and its places.
    public init(_ value: Value, at location: SourceLocation, places: [String: SourceLocation] = [:]) {
        self.value = value
        self.location = location
        self.places = places
    }

    /// The place of a key's value, or of the whole where the file does not write that key.
    public func place(of path: String) -> SourceLocation { places[path] ?? location }
}

extension Located: Equatable where Value: Equatable {}
