import Synchronization

/// Counts what connections send, and keeps the texts while somebody asks for them.
///
/// A statement is one execution, transaction control included; preparing is not counted, and neither is the setting up
/// of a new connection.
public final class MySQLStatementLog: Sendable {
    private struct State {
        var count = 0
        var recorded: [String]?
    }

    private let state = Mutex(State())

    /// A log that has counted nothing and records nothing.
    public init() {}

    /// How many statements were sent.
    public var count: Int { state.withLock { $0.count } }

    /// Starts keeping the texts (never the arguments) of what is sent; what was kept before is forgotten.
    public func startRecording() { state.withLock { $0.recorded = [] } }

    /// The texts sent since recording started; recording ends.
    public func stopRecording() -> [String] {
        state.withLock { state in
            defer { state.recorded = nil }
            return state.recorded ?? []
        }
    }

    func record(_ sql: String) {
        state.withLock { state in
            state.count += 1
            state.recorded?.append(sql)
        }
    }
}
