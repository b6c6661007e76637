/// The rule for names of fleets, deployments, bots, schedules, regions and instances (SPEC 1).
public enum Name {
    /// The most characters a name may have, and so an instance's `DEPLOYMENT-N` too.
    public static let maximumLength = 63

    /// Whether `text` is `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`.
    public static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...maximumLength).contains(bytes.count), bytes.first != dash, bytes.last != dash else { return false }
        return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == dash }
    }

    /// The name of a deployment's instance: `linkedin-watch-2`; `index` counts from 1.
    public static func instance(of deployment: String, index: Int) -> String { "\(deployment)-\(index)" }

    private static let dash = UInt8(ascii: "-")
}
