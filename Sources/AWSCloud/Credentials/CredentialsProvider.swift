import AWSSigning

/// A place where credentials may be: the environment, a profile file, later an instance's role or a sign-in.
public protocol CredentialsProvider: Sendable {
    /// What to call it in messages: `environment`, `profile 'work'`.
    var name: String { get }

    /// The credentials to sign with now.
    ///
    /// Called for every request, so what costs much is to be kept.
    func credentials() async throws(CredentialsFailure) -> AWSCredentials
}

/// Why a place gave no credentials.
public enum CredentialsFailure: Error, Hashable, Sendable {
    /// It has none; the next place may be asked. Each is one place and what was looked for there.
    case none([String])
    /// It has some that can't be used, and going on to the next would use credentials that nobody meant.
    case unusable(String)
}

/// Credentials that are given.
public struct FixedCredentials: CredentialsProvider {
    /// What to call it in messages.
    public let name = "given credentials"
    private let fixed: AWSCredentials

    /// Gives these for ever.
    public init(_ credentials: AWSCredentials) { fixed = credentials }

    /// The credentials found now, or why there are none.
    public func credentials() async throws(CredentialsFailure) -> AWSCredentials { fixed }
}
