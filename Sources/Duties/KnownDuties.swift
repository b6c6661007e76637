import FleetModel

/// The duties that this version does; runner, commands and lists take them from here.
public enum KnownDuties {
    /// Each as it is run by itself.
    public static let all: [any Duty] = [PowerDuty(.start), PowerDuty(.stop)] + others

    /// Each as a runner runs it, which records what is due once for starts and stops together.
    public static let ofRunner: [any Duty] =
        [PowerDuty(.start, recordsDue: false), PowerDuty(.stop, recordsDue: false)] + others

    private static let others: [any Duty] = [
        SyncDuty(), UpTimeDuty(), ImagesDuty(), FoldersDuty(), CleanDuty(), BotsDuty(),
    ]
}
