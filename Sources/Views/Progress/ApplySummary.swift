import FleetModel
import Planning

/// What an apply came to.
public struct ApplySummary: Hashable, Sendable {
    /// A change that failed, and why.
    public struct Failure: Hashable, Sendable {
        /// What failed.
        public var address: Address
        /// Why, in one line.
        public var error: String
    }

    /// A change that was not begun, and what it depends on.
    public struct Skip: Hashable, Sendable {
        /// What was not begun.
        public var address: Address
        /// What failed before it.
        public var because: Address
    }

    /// How many changes were done.
    public private(set) var done: [Change.Action: Int]
    /// What failed, in the order in which it did.
    public private(set) var failed: [Failure]
    /// What was not begun, in the order in which that was known.
    public private(set) var skipped: [Skip]

    /// The most skipped addresses that are named one by one.
    private static let mostSkipped = 20

    /// What was done, what failed with which error, and what was skipped because of what.
    public init(
        done: [Change.Action: Int] = [:], failed: [(Address, String)] = [], skipped: [(Address, because: Address)] = []
    ) {
        self.done = done
        self.failed = failed.map { Failure(address: $0.0, error: $0.1) }
        self.skipped = skipped.map { Skip(address: $0.0, because: $0.because) }
    }

    /// Whether everything was done.
    public var isComplete: Bool { failed.isEmpty && skipped.isEmpty }

    /// `Apply complete: 3 created, 1 updated.`, or what failed, what was skipped, and what to do.
    public func text(style: Style = .plain) -> String {
        guard !isComplete else {
            return style.paint("Apply complete: \(counts.isEmpty ? "nothing to do" : counts).", .good) + "\n"
        }
        var parts = [
            counts, failed.isEmpty ? "" : "\(failed.count) failed", skipped.isEmpty ? "" : "\(skipped.count) skipped",
        ]
        parts.removeAll { $0.isEmpty }
        var result = style.paint("Apply failed: \(parts.joined(separator: ", ")).", .bad) + "\n"
        for failure in failed {
            result +=
                "  \(style.paint("failed", .bad))  \(SafeText.line(failure.address.description)): \(SafeText.line(failure.error))\n"
        }
        for skip in skipped.prefix(Self.mostSkipped) {
            result +=
                "  \(style.paint("skipped", .careful)) \(SafeText.line(skip.address.description)), because "
                + "\(SafeText.line(skip.because.description)) failed\n"
        }
        let rest = skipped.count - Self.mostSkipped
        if rest > 0 { result += "  … and \(rest) more skipped\n" }
        return result
            + "What was done is recorded. Mend what failed and run botfleet apply again; it does what is left.\n"
    }

    mutating func add(done action: Change.Action) { done[action, default: 0] += 1 }
    mutating func add(failed address: Address, _ error: String) {
        failed.append(Failure(address: address, error: error))
    }
    mutating func add(skipped address: Address, because: Address) {
        skipped.append(Skip(address: address, because: because))
    }

    /// Changes that came to an end, one way or another.
    var settled: Int { done.values.reduce(0, +) + failed.count + skipped.count }

    private var counts: String {
        Change.Action.allCases.compactMap { action in
            guard let count = done[action], count > 0 else { return nil }
            return "\(count) \(action.done)"
        }.joined(separator: ", ")
    }
}
