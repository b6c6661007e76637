import Synchronization

/// How many requests were sent, retries included, by service and action: the figures of SPEC 11.
public final class RequestCounter: Sendable {
    /// A kind of request.
    public struct Key: Hashable, Sendable, Comparable {
        /// `ec2`, `s3`, `sts`.
        public var service: String
        /// `RunInstances`, `PutObject`, …
        public var action: String

        /// Orders by service, then by action.
        public static func < (left: Key, right: Key) -> Bool {
            (left.service, left.action) < (right.service, right.action)
        }
    }

    private let state = Mutex<[Key: Int]>([:])

    /// All zero.
    public init() {}

    /// Every kind that was sent at least once.
    public var counts: [Key: Int] { state.withLock { $0 } }

    /// All requests together.
    public var total: Int { state.withLock { $0.values.reduce(0, +) } }

    /// Requests of one kind: `count(service: "ec2", action: "RunInstances")`.
    public func count(service: String, action: String) -> Int {
        state.withLock { $0[Key(service: service, action: action), default: 0] }
    }

    /// Back to zero.
    public func reset() { state.withLock { $0 = [:] } }

    func add(service: String, action: String) {
        state.withLock { $0[Key(service: service, action: action), default: 0] += 1 }
    }
}
