import FleetModel

/// The duties that this version does; runner, commands and lists take them from here.
public enum KnownDuties {
    /// Each as it is run by itself.
    public static let all: [any Duty] = [
        PowerDuty(.start), PowerDuty(.stop), SyncDuty(), UpTimeDuty(), ImagesDuty(),
    ]

    /// Each as a runner runs it, which records what is due once for starts and stops together.
    public static let ofRunner: [any Duty] = [
        PowerDuty(.start, recordsDue: false), PowerDuty(.stop, recordsDue: false), SyncDuty(),
        UpTimeDuty(), ImagesDuty(),
    ]
}
