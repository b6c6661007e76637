/// The recurring work of a runner (SPEC 6), by the names that 80bots' cron commands had.
public enum DutyName: String, Hashable, Sendable, Codable, CaseIterable {
    /// Each region's images and quotas into MySQL.
    case syncImages = "aws:sync-amis"
    /// Bots and their parameters from their repositories.
    case syncBots = "bots:sync-local"
    /// Applies the fleet's branch when it moves.
    case gitops
    /// How long instances have been up.
    case calculateUpTime = "instance:calculate-up-time"
    /// Deletes groups and key pairs that nothing uses, and old history.
    case clean = "instance:clean"
    /// Scheduled starts that are due.
    case start = "instance:start"
    /// Scheduled stops that are due.
    case stop = "instance:stop"
    /// All instances of AWS against MySQL.
    case syncInstances = "instance:sync"
    /// Folders and files of the bucket against MySQL.
    case syncFolders = "sync:folders"

    /// How often it is done unless `duties` in fleet.yaml says otherwise.
    public var interval: TimeSpan {
        switch self {
        case .start, .stop, .syncFolders, .gitops: .minutes(1)
        case .syncInstances: .minutes(5)
        case .calculateUpTime: .minutes(10)
        case .syncImages: .minutes(30)
        case .clean: .hours(1)
        case .syncBots: .days(1)
        }
    }
}
