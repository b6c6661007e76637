/// How to answer a server that asks who we are. Each is offered once: a server that refuses it ends the fetch.
public enum GitCredentials: Hashable, Sendable {
    /// Nothing; a server that asks is an error.
    case none
    /// A token for HTTP basic authentication, sent as the password of `x-access-token`, never to another host.
    case token(String)
    /// A private key without a passphrase, in PEM or OpenSSH form.
    case sshKeyFile(path: String)
    /// Whatever keys the agent at SSH_AUTH_SOCK holds.
    case sshAgent
}

extension GitCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind; a token is `<redacted>`.
    public var description: String {
        switch self {
        case .none: "none"
        case .token: "token <redacted>"
        case .sshKeyFile(let path): "ssh key file \(path)"
        case .sshAgent: "ssh agent"
        }
    }

    /// The same as `description`, so that a debugger's or a test's dump holds no token either.
    public var debugDescription: String { description }

    /// Without children, for the same reason.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
