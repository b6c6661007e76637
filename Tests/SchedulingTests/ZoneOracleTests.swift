import FleetModel
import Foundation
import Testing

@testable import Scheduling

/// Every zone of the system against Python's zoneinfo: offsets and local times, 1970 to 2100.
@Suite struct ZoneOracleTests {
    private struct Case: Encodable {
        var zone: String
        var from: Int64
        var until: Int64
        var first: Int
        var changes: [[Int64]]
        var locals: [[Int64]]
        var step: Int
    }

    private static let from: Int64 = 0
    /// 2100-01-01: past every table, so that the footers' rules are judged too.
    private static let until: Int64 = 4_102_444_800

    @Test func everyZoneHasTheOffsetsAndLocalTimesOfZoneinfoFrom1970To2100() async throws {
        let names = systemZones.names()
        #expect(names.count > 400, "the system's zones are installed")
        var seen: Set<TimeZoneRules> = []
        var lines: [String] = []
        var changes = 0
        for name in names {
            let rules = try systemZones.zone(name)
            // Links are the same rules under another name: judged once.
            let nameless = try TimeZoneRules(name: "", tzif: bytes(of: name))
            guard seen.insert(nameless).inserted else { continue }
            let spans = Self.spans(of: rules)
            changes += spans.count - 1
            let one = Case(
                zone: name, from: Self.from, until: Self.until, first: spans[0].offset,
                changes: spans.dropFirst().map { [$0.start, Int64($0.offset)] },
                locals: Self.locals(around: spans, in: rules), step: Oracle.isTorture ? 6 * 3600 : 15 * 86_400)
            lines.append(String(decoding: try JSONEncoder().encode(one), as: UTF8.self))
        }
        #expect(seen.count > 250)
        #expect(changes > 20_000)
        let differences = try await Oracle.lines("zone_oracle.py", lines)
        #expect(
            differences.isEmpty, "\(differences.count) differences: \(differences.prefix(10).joined(separator: "; "))")
    }

    private func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(systemZones.directory)/\(name)")))
    }

    /// The spans from 1970 to 2100; neighbours of one offset joined.
    static func spans(of rules: TimeZoneRules) -> [OffsetSpan] {
        var spans = [rules.span(at: from)]
        while let last = spans.last, last.end < until {
            let next = rules.span(at: last.end)
            if next.offset == last.offset { spans[spans.count - 1].end = next.end } else { spans.append(next) }
        }
        return spans
    }

    /// Local times around each change, in and beside the gap or repetition: [local as if universal, instant].
    private static func locals(around spans: [OffsetSpan], in rules: TimeZoneRules) -> [[Int64]] {
        zip(spans, spans.dropFirst()).flatMap { before, after in
            let edges = [after.start + Int64(before.offset), after.start + Int64(after.offset)]
            let moments = edges.flatMap { [$0 - 1, $0, $0 + 1, $0 - 900] } + [(edges[0] + edges[1]) / 2]
            return moments.map { [$0, rules.seconds(ofLocal: $0)] }
        }
    }

    @Test func aClockThatRemembersItsSpanAnswersAsTheRulesDo() throws {
        for name in ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/Nuuk"] {
            let rules = try systemZones.zone(name)
            for span in Self.spans(of: rules).dropFirst() {
                var clock = LocalClock(rules, near: span.start - 4 * 86_400)
                for step in 0..<(8 * 48) {
                    let local = span.start - 4 * 86_400 + Int64(step) * 1800
                    guard clock.seconds(ofLocal: local) == rules.seconds(ofLocal: local) else {
                        Issue.record("\(name) \(local)")
                        return
                    }
                }
            }
        }
    }
}
