/// An access key of AWS; prints, dumps and interpolates without its secret.
public struct AWSCredentials: Hashable, Sendable {
    /// The key's public name: `AKIA…` for a user's key, `ASIA…` for a temporary one.
    public var accessKeyID: String
    /// The secret that signatures are made with; never sent.
    public var secretAccessKey: String
    /// What a temporary key must send along; nil for a user's key.
    public var sessionToken: String?

    /// Credentials as a profile, the environment or STS gave them.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's public name alone.
    public var description: String { "AWSCredentials(\(accessKeyID), <redacted>)" }
    /// The key's public name alone.
    public var debugDescription: String { description }
    /// The key's public name alone.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
