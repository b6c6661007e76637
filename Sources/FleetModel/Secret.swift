/// A text that must never be shown: it prints, dumps and interpolates as `<redacted>`.
public struct Secret: Hashable, Sendable {
    private let text: String

    /// Wraps a secret text.
    public init(_ text: String) { self.text = text }

    /// The secret itself, for the one call that needs it.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`, for string interpolation and logs.
    public var description: String { "<redacted>" }
    /// `<redacted>`, for `debugPrint` and collections that hold it.
    public var debugDescription: String { "<redacted>" }
    /// A mirror without children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a secret comes from: its name, never its value.
public struct EnvironmentReference: Hashable, Sendable, Codable {
    /// The name of an environment variable: `{env: NAME}`.
    public var env: String

    /// A reference to the environment variable `env`.
    public init(env: String) { self.env = env }
}
