import AWSSigning

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
public struct EnvironmentCredentials: CredentialsProvider {
    /// What to call it in messages.
    public let name = "environment"
    private let environment: [String: String]

    /// Reads from these variables. Empty ones count as unset.
    public init(environment: [String: String]) { self.environment = environment }

    /// The credentials found now, or why there are none.
    public func credentials() async throws(CredentialsFailure) -> AWSCredentials {
        let key = value("AWS_ACCESS_KEY_ID")
        let secret = value("AWS_SECRET_ACCESS_KEY")
        switch (key, secret) {
        case (let key?, let secret?):
            return AWSCredentials(accessKeyID: key, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        case (nil, nil):
            throw .none(["AWS_ACCESS_KEY_ID is not set"])
        case (_?, nil):
            throw .unusable("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        case (nil, _?):
            throw .unusable("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not")
        }
    }

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
