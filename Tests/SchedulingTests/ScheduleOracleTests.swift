import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import Scheduling

/// Thousands of random schedules around clock changes of all zones against an oracle that was written from SPEC 2 alone.
@Suite struct ScheduleOracleTests {
    private struct Case: Encodable {
        var zone: String
        var schedule: Schedule
        var from: Int64
        var until: Int64
        var at: [Int64]
    }

    private struct Answer: Decodable {
        var transitions: [OracleTransition]
        var states: [PowerState?]
        var last: [OracleTransition?]
        var next: [OracleTransition?]
        var running: Int
    }

    /// `[seconds, "start"]`.
    private struct OracleTransition: Decodable, Equatable {
        var value: Transition

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            let at = Instant(seconds: try list.decode(Int64.self))
            value = Transition(at: at, action: try list.decode(Session.Action.self))
        }
    }

    @Test func randomSchedulesAroundClockChangesMeanWhatTheOracleSays() async throws {
        var generator = SeededGenerator(for: "randomSchedulesAroundClockChangesMeanWhatTheOracleSays")
        let count = Oracle.isTorture ? 60_000 : 2_000
        let names = systemZones.names()
        var changesOfZone: [String: [Int64]] = [:]
        let cases = try (0..<count).map { index in
            // Every zone has its turn before one comes twice.
            let name = index < names.count ? names[index] : names[Int.random(in: 0..<names.count, using: &generator)]
            let rules = try systemZones.zone(name)
            let changes =
                changesOfZone[name]
                ?? ZoneOracleTests.spans(of: rules).dropFirst().map(\.start).filter { $0 < RandomSchedule.end }
            changesOfZone[name] = changes
            let random = RandomSchedule(zone: rules, changes: changes, using: &generator)
            return Case(
                zone: name, schedule: random.schedule, from: random.from, until: random.until, at: random.moments)
        }
        let encoder = JSONEncoder()
        let lines = try cases.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        let answers = try await Oracle.lines("schedule_oracle.py", lines)
        try #require(answers.count == cases.count)
        var transitions = 0
        for (index, text) in answers.enumerated() {
            let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
            transitions += answer.transitions.count
            compare(cases[index], with: answer, "case \(index), seed \(generator.seed): \(lines[index])")
        }
        print("\(count) schedules, \(transitions) transitions compared")
        #expect(transitions > count * 3)
    }

    private func compare(_ one: Case, with answer: Answer, _ comment: String) {
        guard let zone = try? systemZones.zone(one.zone) else { return }  // it was had when the case was made
        let compiled = CompiledSchedule(one.schedule, in: zone)
        let from = Instant(seconds: one.from)
        let until = Instant(seconds: one.until)
        #expect(
            compiled.transitions(from: from, until: until) == answer.transitions.map(\.value), "\(comment)")
        for (index, moment) in one.at.enumerated() {
            let instant = Instant(seconds: moment)
            #expect(compiled.state(at: instant) == answer.states[index], "state at \(instant), \(comment)")
            #expect(compiled.last(atOrBefore: instant) == answer.last[index]?.value, "last at \(instant), \(comment)")
        }
        for (index, expected) in answer.next.enumerated() {
            let instant = Instant(seconds: one.at[index])
            let next = compiled.next(after: instant)
            if let expected {
                #expect(next == expected.value, "next after \(instant), \(comment)")
            } else {
                #expect(next.map { $0.at - instant > 399 * 86_400 } ?? true, "next after \(instant), \(comment)")
            }
        }
        #expect(compiled.runningSeconds(from: from, until: until) == answer.running, "\(comment)")
    }
}
