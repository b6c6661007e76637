/// The version of this botfleet, as `botfleet --version` prints it; CHANGELOG.md says what is in it.
public enum Version {
    /// Three numbers by the rules of semver.org, without a `v`.
    public static let current = "0.1.0"
}
