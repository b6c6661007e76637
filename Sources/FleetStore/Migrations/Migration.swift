import LibCrypto

/// A numbered change of the schema: statements that run one by one, in order, once.
///
/// A released migration is never edited: its checksum is recorded where it ran, and another text under the same number
/// is refused. Statements are plain SQL that both MySQL 8.0 and MariaDB 10.6 take.
struct Migration: Sendable, Equatable {
    /// 1, 2, 3 … without a gap.
    let version: Int
    /// A few words with underscores: what it brings.
    let title: String
    let statements: [String]
    /// Whether it may be run again from its beginning after its process died: true where every statement makes or drops one
    /// table, or changes one as a whole. Others need a person (`db unlock`).
    let isRepeatable: Bool

    /// `0001_initial`.
    var name: String { String(repeating: "0", count: max(0, 4 - String(version).count)) + "\(version)_\(title)" }

    /// SHA-256 of the statements, 64 hex digits.
    var checksum: String { SHA256.hex(statements.joined(separator: ";\n")) }

    /// All migrations of this binary, in order.
    static let all: [Migration] = [initial, observation, results, leftovers]
}
