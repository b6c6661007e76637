import FleetModel
import Synchronization

/// Schedules compiled once for each zone they are used in: a fleet of thousands shares a few. May be used from any thread.
public final class ScheduleBook: Sendable {
    private struct Key: Hashable {
        var schedule: Schedule
        var zone: String
    }

    /// Where zones' rules come from.
    public let zones: ZoneDatabase
    private let compiled = Mutex<[Key: CompiledSchedule]>([:])

    /// A book over the system's zones.
    public init(zones: ZoneDatabase) { self.zones = zones }

    /// A schedule in the zone of that name: the schedule's own, else that of the deployment's user.
    ///
    /// Throws: what ``ZoneDatabase/zone(_:)`` throws.
    public func compiled(_ schedule: Schedule, zone name: String) throws(TimeZoneFailure) -> CompiledSchedule {
        let key = Key(schedule: schedule, zone: name)
        if let known = compiled.withLock({ $0[key] }) { return known }
        let made = CompiledSchedule(schedule, in: try zones.zone(name))
        // The first of two that were made at once is kept, so that all share what it works out.
        return compiled.withLock { book in
            if let known = book[key] { return known }
            book[key] = made
            return made
        }
    }
}
