/// How far a fetch is.
public struct FetchProgress: Hashable, Sendable {
    /// Objects that have arrived.
    public let receivedObjects: Int
    /// Objects that have been checked and indexed.
    public let indexedObjects: Int
    /// Of the pack that is on its way; 0 until the server says.
    public let totalObjects: Int
    /// Bytes of the pack that have arrived.
    public let receivedBytes: Int64
}
