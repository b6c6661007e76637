import FleetModel
import Foundation
import Planning
import Reconciling

/// A plan on disk: its JSON, whole or not there.
enum PlanFile {
    /// The largest file that is read: a plan of 100,000 changes is smaller.
    private static let limit = 512 << 20

    /// Writes a plan beside its place and moves it there, readable by its owner alone.
    static func write(_ plan: Plan, to path: String) throws {
        let text = try CanonicalJSON.encode(plan) + "\n"
        do {
            try WholeFile.replace(path, with: Data(text.utf8))
        } catch let failure as WholeFile.Failure {
            throw CommandFailure.unwritable(path: path, reason: failure.reason)
        }
    }

    /// Reads a plan that ``write(_:to:)`` wrote.
    static func read(_ path: String) throws -> Plan {
        let text: String
        do {
            text = String(decoding: try WholeFile.read(path, limit: limit), as: UTF8.self)
        } catch let failure as WholeFile.Failure {
            throw CommandFailure.unreadablePlan(path: path, reason: failure.reason)
        }
        do {
            let header = try CanonicalJSON.decode(Header.self, from: text)
            guard header.format == Plan.formatVersion else { throw ReconcileFailure.planFormat(header.format) }
            return try CanonicalJSON.decode(Plan.self, from: text)
        } catch let failure as ReconcileFailure {
            throw failure
        } catch {
            throw CommandFailure.unreadablePlan(path: path, reason: "it is not the JSON of a plan")
        }
    }

    private struct Header: Decodable {
        var format: Int
        private enum CodingKeys: String, CodingKey { case format = "format_version" }
    }
}
