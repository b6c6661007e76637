/// A journaled effect on AWS: written before its call, settled after it (SPEC 5).
public struct Step: Hashable, Sendable, Codable {
    /// How far the effect is; anything but `open` is final.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Journaled, and its call may have been made: recovery finishes or undoes it.
        case open
        /// AWS did it.
        case done
        /// AWS refused it, with the reason in ``Step/error``.
        case failed
        /// Given up by recovery because nothing came of it.
        case abandoned
    }

    /// Chosen by the caller, unique: a UUID.
    public var id: String
    /// The apply, or nil for a duty's or a job's step.
    public var apply: Int64?
    /// What the effect is for; recovery looks things up by it.
    public var address: Address
    /// The AWS call: `RunInstances`, `TerminateInstances`, …
    public var action: String
    /// Where the call goes; the home region for S3.
    public var region: String
    /// The whole request as canonical JSON, so that recovery can repeat it byte for byte.
    public var request: String
    /// What makes a repeated RunInstances answer with the first launch; nil for calls that take none.
    public var clientToken: String?
    /// `open` when it is written, settled by whoever made the call or by recovery.
    public var outcome: Outcome
    /// What AWS made: an instance or group id.
    public var result: String?
    /// Why it failed or was given up; never holds a secret.
    public var error: String?

    /// A step that is about to be made, unless an outcome is given.
    public init(
        id: String, apply: Int64?, address: Address, action: String, region: String, request: String,
        clientToken: String? = nil, outcome: Outcome = .open, result: String? = nil, error: String? = nil
    ) {
        self.id = id
        self.apply = apply
        self.address = address
        self.action = action
        self.region = region
        self.request = request
        self.clientToken = clientToken
        self.outcome = outcome
        self.result = result
        self.error = error
    }
}
