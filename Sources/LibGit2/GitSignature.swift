import CLibgit2

/// Who made a commit, and when.
public struct GitSignature: Hashable, Sendable {
    /// The person's name, as configured by them.
    public let name: String
    /// The person's address, as configured by them.
    public let email: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// The writer's own offset from UTC in minutes, for display.
    public let offsetMinutes: Int

    init(_ signature: UnsafePointer<git_signature>?) {
        name = signature?.pointee.name.map { String(cString: $0) } ?? ""
        email = signature?.pointee.email.map { String(cString: $0) } ?? ""
        seconds = signature?.pointee.when.time ?? 0
        offsetMinutes = Int(signature?.pointee.when.offset ?? 0)
    }
}
