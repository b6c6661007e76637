import FleetModel
import LibMySQL

/// What time it is for schedules: the database's time, or in tests a faster one that follows from it.
///
/// All runners, applies and commands of a fleet tell time by this, so their machines' clocks don't matter. A test clock,
/// `BOTFLEET_TEST_CLOCK=ANCHOR/ORIGIN/RATE`, shows ORIGIN when the database's clock shows ANCHOR and goes RATE times as fast from
/// there: `2026-11-25T10:00:00Z/2026-11-23T07:59:00Z/60`. Leases keep the database's own time.
public struct FleetClock: Sendable, Hashable {
    /// The environment variable of a test's clock.
    public static let variable = "BOTFLEET_TEST_CLOCK"

    /// The database's time at which the test's clock shows ``origin``.
    var anchor: Instant
    /// What a test's clock shows at ``anchor``.
    var origin: Instant
    /// Seconds of this clock for one of the database's, 1…100,000.
    public let rate: Int64

    /// The database's own time.
    public static let database = FleetClock(
        anchor: Instant(seconds: 0), origin: Instant(seconds: 0), rate: 1)

    init(anchor: Instant, origin: Instant, rate: Int64) {
        self.anchor = anchor
        self.origin = origin
        self.rate = rate
    }

    /// Reads `ANCHOR/ORIGIN/RATE`, two RFC 3339 times and a whole number; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let anchor = Instant(rfc3339: parts[0]), let origin = Instant(rfc3339: parts[1]),
            let rate = Int64(parts[2]), (1...100_000).contains(rate)
        else { return nil }
        self.init(anchor: anchor, origin: origin, rate: rate)
    }

    /// What this clock shows when the database's shows `time`.
    func instant(at time: MySQLDateTime) -> Instant {
        let (passed, overflow) = (time.microseconds - anchor.seconds * 1_000_000)
            .multipliedReportingOverflow(by: rate)
        guard !overflow else { return time.instant }
        return MySQLDateTime(microseconds: origin.seconds * 1_000_000 + passed).instant
    }

    /// How long so many seconds of this clock really take.
    public func duration(seconds: Double) -> Duration { .seconds(seconds / Double(rate)) }
}
