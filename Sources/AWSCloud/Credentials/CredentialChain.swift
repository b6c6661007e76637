import AWSSigning
import Synchronization

/// The first of several places that has credentials; what it found is kept for a minute.
public final class CredentialChain: CredentialsProvider {
    /// What to call it in messages.
    public let name = "credential chain"
    private let providers: [any CredentialsProvider]
    private let clock: any Clock<Duration>
    private let kept = Mutex<Kept?>(nil)

    private struct Kept {
        var credentials: AWSCredentials
        var age: @Sendable () -> Duration
    }

    /// How long found credentials are used before the places are asked again, so that a new key in a file is noticed.
    private static let lifetime = Duration.seconds(60)

    /// Asks these places in this order.
    public init(_ providers: [any CredentialsProvider], clock: any Clock<Duration> = ContinuousClock()) {
        self.providers = providers
        self.clock = clock
    }

    /// The environment, then the profile files.
    public convenience init(environment: [String: String]) {
        self.init([
            EnvironmentCredentials(environment: environment), ProfileCredentials(environment: environment),
        ])
    }

    /// The credentials found now, or why there are none.
    public func credentials() async throws(CredentialsFailure) -> AWSCredentials {
        if let kept = kept.withLock({ $0 }), kept.age() < CredentialChain.lifetime { return kept.credentials }
        var tried: [String] = []
        for provider in providers {
            do throws(CredentialsFailure) {
                let found = try await provider.credentials()
                kept.withLock { $0 = Kept(credentials: found, age: CredentialChain.stopwatch(clock)) }
                return found
            } catch {
                switch error {
                case .none(let reasons): tried += reasons
                case .unusable: throw error
                }
            }
        }
        throw .none(tried)
    }

    /// The time passed since the call, by any clock.
    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
