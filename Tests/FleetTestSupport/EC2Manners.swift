import FleetModel
import Foundation

/// EC2's manners: a proxy before a moto that imposes what EC2 does and moto lets pass, and counts requests by action.
///
/// Tests/EC2Manners/ec2_manners.py says which manners there are and what each takes.
public struct EC2Manners: Sendable {
    /// The URL to give to whom the manners are meant for.
    public let endpoint: String

    /// The manners that listen at a URL.
    public init(endpoint: String) {
        self.endpoint = endpoint
    }

    /// Sets manners; those that are not named stay. `["hidden_seconds": 2, "client_tokens": true]`.
    public func set(_ manners: JSONValue) async throws {
        _ = try await control("POST", body: CanonicalJSON.encode(manners))
    }

    /// Sets one manner: the same, for values that are not literals.
    public func set(_ name: String, to value: JSONValue) async throws {
        try await set(.object([name: value]))
    }

    /// Back to no manners at all, with all counts at 0 and nothing remembered.
    public func reset() async throws {
        try await set(["reset": true])
    }

    /// Ends at once all that is hidden, pending or stopping, so that a test need not guess how long it takes.
    public func settle() async throws {
        try await set(["settle": true])
    }

    /// How many requests came for an action since the start or the last reset, those refused included:
    /// "RunInstances", "GET object", "PUT object", "LIST bucket".
    public func count(_ action: String) async throws -> Int {
        guard case .integer(let count)? = try await state().at("counts", action) else { return 0 }
        return count
    }

    /// All counts by action.
    public func counts() async throws -> [String: Int] {
        guard case .object(let members)? = try await state()["counts"] else { return [:] }
        return members.compactMapValues { if case .integer(let count) = $0 { count } else { nil } }
    }

    /// The manners as they are, and the counts.
    public func state() async throws -> JSONValue {
        try await control("GET", body: "")
    }

    private func control(_ method: String, body: String) async throws -> JSONValue {
        let text = try await succeed(
            [
                "curl", "--silent", "--show-error", "--fail-with-body", "--noproxy", "*", "--max-time", "20",
                "--request", method, "--data-binary", "@-", "\(endpoint)/_manners",
            ], stdin: body)
        return try CanonicalJSON.decode(JSONValue.self, from: text)
    }
}
