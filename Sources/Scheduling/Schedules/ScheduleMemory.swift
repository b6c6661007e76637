import FleetModel

/// The answers that a compiled schedule has given: transitions of whole stretches of time, worked out when first asked about.
struct ScheduleMemory {
    /// 64 days' transitions, and what was before them.
    final class Stretch: Sendable {
        let transitions: [Transition]
        /// The last transition before the stretch, at most 800 days before its beginning.
        let previous: Transition?
        /// The state through all of it where it neither has nor follows a transition; nil where that differs from moment to
        /// moment and has to be worked out.
        let constant: Constant?

        enum Constant: Sendable {
            case state(PowerState?)
        }

        init(transitions: [Transition], previous: Transition?, constant: Constant?) {
            self.transitions = transitions
            self.previous = previous
            self.constant = constant
        }
    }

    /// A time without transitions of an action: the next after any moment from `from` on, until it comes, is `next`.
    struct Quiet {
        var from: Int64
        var next: Transition?
    }

    static let length: Int64 = 64 * 86_400
    /// Ninety years; a megabyte for two transitions a day. More are forgotten all at once.
    private static let most = 512

    private var stretches: [Int64: Stretch] = [:]
    private var recent: (index: Int64, stretch: Stretch)?
    /// By action; that of any action has the key nil.
    var quiet: [Session.Action?: Quiet] = [:]

    mutating func stretch(_ index: Int64) -> Stretch? {
        if let recent, recent.index == index { return recent.stretch }
        guard let stretch = stretches[index] else { return nil }
        recent = (index, stretch)
        return stretch
    }

    mutating func keep(_ stretch: Stretch, at index: Int64) {
        if stretches.count >= ScheduleMemory.most { stretches.removeAll(keepingCapacity: true) }
        stretches[index] = stretch
        recent = (index, stretch)
    }
}
