import LibMySQL
import Synchronization

/// What the database's clock says at least, without asking it each time.
///
/// It said some time when it was last asked, and has gone on since as our monotonic clock has. The moment after its
/// answer counts, so the estimate is behind the truth by the answer's way at most, never ahead: right for an expiry.
final class DatabaseClock: Sendable {
    private struct Reading {
        var database: MySQLDateTime
        var ours: ContinuousClock.Instant
    }

    private let reading = Mutex<Reading?>(nil)

    /// Keeps what the database just answered.
    func set(_ now: MySQLDateTime) {
        let answered = ContinuousClock.now
        reading.withLock { $0 = Reading(database: now, ours: answered) }
    }

    /// What the database's clock shows at a moment of ours, or a little less; nil before it was ever asked.
    func estimate(at moment: ContinuousClock.Instant) -> MySQLDateTime? {
        reading.withLock { reading in
            guard let reading else { return nil }
            let (seconds, attoseconds) = (moment - reading.ours).components
            let passed = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
            return MySQLDateTime(microseconds: reading.database.microseconds + passed)
        }
    }
}
