import Foundation

/// Random numbers that a failing run can be repeated with: SplitMix64 from a seed that is printed.
///
/// The seed comes from BOTFLEET_SEED where that is set, else from the system. Source: Steele, Lea, Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the numbers follow from.
    public let seed: UInt64
    private var state: UInt64

    /// A generator for the test called `name`, which the printed line names.
    public init(for name: String) {
        let given = ProcessInfo.processInfo.environment["BOTFLEET_SEED"].flatMap { UInt64($0) }
        self.init(seed: given ?? UInt64.random(in: 1...9_999_999_999))
        print("\(name): repeat with BOTFLEET_SEED=\(seed)")
    }

    /// A generator whose numbers follow from `seed`.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
