/// What a job tells while it works.
public enum JobProgress: Sendable {
    /// What was done.
    case done(String)
    /// What it is at, for whoever waits.
    case doing(String)
    /// What a person should know.
    case note(String)
    /// What failed, and why; the rest goes on.
    case failed(String, any Error)
}
