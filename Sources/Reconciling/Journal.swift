import AWSCloud
import FleetModel
import FleetStore
import Foundation

/// Makes effects on AWS so that none is ever lost: each is written down before its call and settled after it.
///
/// A call whose outcome is unknown (no answer, a fault of the server) stays open: the next apply finds out and finishes
/// it.
struct Journal: Sendable {
    let store: FleetStore
    let fleetID: Int64
    let keeper: LeaseKeeper
    let applyID: Int64?
    /// The leases that must be held besides an instance's operation lock; an apply's own, unless others do the work.
    var base = [LeaseKeeper.apply]

    /// What is journaled of a call.
    struct Entry: Sendable {
        var address: Address
        /// The AWS call's name.
        var action: String
        var region: String
        /// Canonical JSON that recovery can repeat.
        var request: String
        var clientToken: String?
        /// Rows that change together with the opening of the step.
        var opening: [RecordChange] = []
        /// Rows that change when the call is refused.
        var refused: @Sendable (any Error) -> [RecordChange] = { _ in [] }
    }

    /// Journals, calls, settles.
    ///
    /// - Parameters:
    ///   - lock: the operation lock that must be held besides the apply lease; nil for what no instance owns.
    ///   - settled: rows that change together with the settling, from what the call gave, and the id that it made.
    func perform<Answer: Sendable>(
        _ entry: Entry, lock: String?, call: @Sendable () async throws -> Answer,
        settled: @Sendable (Answer) -> (rows: [RecordChange], result: String?)
    ) async throws -> Answer {
        let step = step(entry)
        try await write(entry.opening + [.openStep(step)], lock: lock)
        let answer: Answer
        do {
            // The journal's write took time; a call is only begun while the leases last.
            try await requireLeases(lock.map { [$0] } ?? [])
            answer = try await call()
        } catch let error as AWSError where error.mayHaveTakenEffect {
            throw error
        } catch is CancellationError {
            // Cancelled over the call: nobody knows whether AWS did it, so the step stays open too.
            throw CancellationError()
        } catch {
            try await write(
                entry.refused(error) + [
                    .settleStep(id: step.id, outcome: .failed, result: nil, error: Journal.text(error))
                ], lock: lock)
            throw error
        }
        let (rows, result) = settled(answer)
        try await write(rows + [.settleStep(id: step.id, outcome: .done, result: result, error: nil)], lock: lock)
        return answer
    }

    /// The step of a call, not opened yet.
    func step(_ entry: Entry) -> Step {
        Step(
            id: UUID().uuidString.lowercased(), apply: applyID, address: entry.address, action: entry.action,
            region: entry.region, request: entry.request, clientToken: entry.clientToken)
    }

    /// Writes rows under the journal's own leases, and an operation lock where one is named.
    func write(_ rows: [RecordChange], lock: String? = nil) async throws {
        try await write(rows, locks: lock.map { [$0] } ?? [])
    }

    /// Writes rows under the journal's own leases and some operation locks.
    func write(_ rows: [RecordChange], locks: [String]) async throws {
        guard !rows.isEmpty else { return }
        try await store.write(rows, fleetID: fleetID, under: try await keeper.held(base + locks))
    }

    /// Makes sure that a call may be begun: the leases are ours for a while yet.
    func requireLeases(_ locks: [String]) async throws { _ = try await keeper.held(base + locks) }

    /// An error as it is recorded: one line, bounded.
    static func text(_ error: any Error) -> String { String(String(describing: error).prefix(1000)) }
}
