/// Something to say about the user's own text: a value that is collected, never thrown.
///
/// `message` is one line in lower case that says what is wrong and, in brackets, what to do:
/// `unknown key 'shedule' (did you mean 'schedule'?)`.
public struct Diagnostic: Hashable, Sendable, Codable {
    /// How bad it is; commands fail on errors alone.
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        /// The files can't be used as they are.
        case error
        /// The files can be used, and something is probably not as it was meant.
        case warning
        /// Worth knowing, and nothing to mend.
        case note
    }

    /// Whether it keeps the files from being used.
    public var severity: Severity
    /// The key for a key at fault, the value for a value.
    public var location: SourceLocation
    /// What is wrong, without the place; quotes the user's own text, but never a secret.
    public var message: String

    /// A diagnostic of the given severity at a place.
    public init(_ severity: Severity, _ location: SourceLocation, _ message: String) {
        self.severity = severity
        self.location = location
        self.message = message
    }

    /// An error at a place.
    public static func error(_ location: SourceLocation, _ message: String) -> Diagnostic {
        Diagnostic(.error, location, message)
    }

    /// A warning at a place.
    public static func warning(_ location: SourceLocation, _ message: String) -> Diagnostic {
        Diagnostic(.warning, location, message)
    }
}

extension Diagnostic: Comparable {
    /// Orders by place, then errors before warnings, then by text, so that a report is the same on every run.
    public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
        if left.location != right.location { return left.location < right.location }
        if left.severity != right.severity { return left.severity.rank < right.severity.rank }
        return left.message < right.message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:col: error: message`.
    public var description: String { "\(location): \(severity.rawValue): \(message)" }
}

extension Diagnostic.Severity {
    fileprivate var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .note: 2
        }
    }
}

extension Sequence<Diagnostic> {
    /// Whether any of these is an error.
    public var hasErrors: Bool { contains { $0.severity == .error } }
}
