import FleetModel

/// An instant and what happens at it: what a schedule consists of (SPEC 2).
public struct Transition: Hashable, Sendable, Codable {
    /// When it happens.
    public var at: Instant
    /// What happens.
    public var action: Session.Action

    /// A start or stop at an instant.
    public init(at: Instant, action: Session.Action) {
        self.at = at
        self.action = action
    }

    /// The state that is wanted from then on.
    public var state: PowerState { action.state }
}

extension Transition: Comparable {
    /// By instant; at one instant a start before a stop, so that the last is the one that wins.
    public static func < (left: Transition, right: Transition) -> Bool {
        if left.at != right.at { return left.at < right.at }
        return left.action == .start && right.action == .stop
    }
}

extension Session.Action {
    /// What brings an instance to a state.
    public init(_ state: PowerState) {
        switch state {
        case .running: self = .start
        case .stopped: self = .stop
        }
    }

    /// What an instance is in when it is done.
    public var state: PowerState {
        switch self {
        case .start: .running
        case .stop: .stopped
        }
    }
}

extension [Transition] {
    /// Sorts, keeps one of equal ones, and lets stop win over start at one instant.
    mutating func settle() {
        guard count > 1 else { return }
        sort()
        var kept = 0
        for index in indices {
            if index + 1 < count, self[index + 1].at == self[index].at { continue }
            self[kept] = self[index]
            kept += 1
        }
        removeLast(count - kept)
    }

    /// The number of transitions at or before an instant; the list is sorted.
    func countThrough(_ instant: Instant) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
