import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import Scheduling

/// That what a compiled schedule remembers never shows.
@Suite struct CompiledScheduleTests {
    @Test func answersDoNotDependOnWhatWasAskedBefore() throws {
        var generator = SeededGenerator(for: "answersDoNotDependOnWhatWasAskedBefore")
        let names = systemZones.names()
        for _ in 0..<30 {
            let zone = try systemZones.zone(names[Int.random(in: 0..<names.count, using: &generator)])
            let changes = ZoneOracleTests.spans(of: zone).dropFirst().map(\.start).filter { $0 < RandomSchedule.end }
            let random = RandomSchedule(zone: zone, changes: changes, using: &generator)
            let shared = CompiledSchedule(random.schedule, in: zone)
            for _ in 0..<30 {
                let reach: Int64 = Bool.random(using: &generator) ? 10 * 86_400 : 2000 * 86_400
                let instant = Instant(
                    seconds: random.from + Int64.random(in: -reach...reach, using: &generator))
                let fresh = CompiledSchedule(random.schedule, in: zone)
                let action: Session.Action? = [nil, .start, .stop].randomElement(using: &generator) ?? nil
                let comment: Comment = "\(zone.name) \(instant) \(random.schedule), seed \(generator.seed)"
                #expect(shared.state(at: instant) == fresh.state(at: instant), comment)
                #expect(shared.last(atOrBefore: instant) == fresh.last(atOrBefore: instant), comment)
                #expect(
                    shared.next(after: instant, action: action) == fresh.next(after: instant, action: action), comment)
            }
        }
    }

    @Test func statesLastAndNextAgreeWithTheListOfTransitions() throws {
        var generator = SeededGenerator(for: "statesLastAndNextAgreeWithTheListOfTransitions")
        let zone = try systemZones.zone("Europe/Berlin")
        for _ in 0..<40 {
            let random = RandomSchedule(zone: zone, changes: [1_774_746_000], using: &generator)
            let schedule = CompiledSchedule(random.schedule, in: zone)
            let from = Instant(seconds: random.from)
            let until = from + 300 * 86_400
            let all = schedule.transitions(from: from, until: until)
            #expect(all == all.sorted() && Set(all.map(\.at)).count == all.count)
            for (transition, following) in zip(all, all.dropFirst()) {
                #expect(schedule.state(at: transition.at) == transition.state)
                #expect(schedule.state(at: following.at - 1) == transition.state)
                #expect(schedule.next(after: transition.at) == following)
                #expect(schedule.last(atOrBefore: following.at - 1) == transition)
            }
            // Any division of a range gives the same list.
            let middle = from + Int.random(in: 0...300 * 86_400, using: &generator)
            #expect(
                schedule.transitions(from: from, until: middle) + schedule.transitions(from: middle, until: until)
                    == all)
        }
    }

    @Test func runningSecondsAddUpOverAnyDivision() throws {
        let schedule = try compiled(
            "Europe/Berlin",
            [entry("mon-fri", start: "08:00", stop: "18:30"), entry("sat", start: "22:00", stop: "02:00")])
        let monday = try at("2026-11-23T00:00:00+01:00")
        let week = schedule.runningSeconds(from: monday, until: monday + 7 * 86_400)
        #expect(week == 5 * (10 * 3600 + 1800) + 4 * 3600)
        for cut in stride(from: 0, through: 7 * 86_400, by: 4321) {
            let parts =
                schedule.runningSeconds(from: monday, until: monday + cut)
                + schedule.runningSeconds(from: monday + cut, until: monday + 7 * 86_400)
            #expect(parts == week)
        }
        #expect(schedule.runningSeconds(from: monday, until: monday) == 0)
        #expect(schedule.runningSeconds(from: monday, until: monday - 86_400) == 0)
    }

    @Test func manyThreadsMayAskAtOnce() async throws {
        let schedule = try compiled("America/New_York", [entry("everyday", start: "08:00", stop: "18:00")])
        let begin = try at("2026-01-01T00:00:00Z")
        let alone = try compiled("America/New_York", [entry("everyday", start: "08:00", stop: "18:00")])
        let expected = (0..<800).map { alone.state(at: begin + $0 * 40_000) }
        await withTaskGroup(of: [PowerState?].self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<800).map { index in
                        let step = task.isMultiple(of: 2) ? index : 799 - index
                        _ = schedule.next(after: begin + step * 40_000)
                        return schedule.state(at: begin + index * 40_000)
                    }
                }
            }
            for await states in group { #expect(states == expected) }
        }
    }

    @Test func moreYearsThanAreKeptAreWorkedOutAnew() throws {
        let schedule = try compiled("UTC", [entry("mon", start: "08:00", stop: "18:00")])
        // 600 stretches of 64 days, twice: the memory holds 512.
        for _ in 0..<2 {
            for stretch in 0..<600 {
                let monday = Instant(seconds: 4 * 86_400 + Int64(stretch) * 63 * 86_400)
                #expect(schedule.state(at: monday + 8 * 3600) == .running)
                #expect(schedule.state(at: monday + 18 * 3600) == .stopped)
            }
        }
    }

    @Test func aScheduleBookCompilesEachScheduleOnceAZone() throws {
        let book = ScheduleBook(zones: systemZones)
        let schedule = Schedule(name: "office", week: [try entry("mon", start: "08:00", stop: "18:00")])
        let berlin = try book.compiled(schedule, zone: "Europe/Berlin")
        let chatham = try book.compiled(schedule, zone: "Pacific/Chatham")
        #expect(berlin.zone.name == "Europe/Berlin" && chatham.zone.name == "Pacific/Chatham")
        #expect(berlin.schedule == schedule)
        #expect(try berlin.state("2026-11-23T07:00:00Z") == .running)
        #expect(try chatham.state("2026-11-23T07:00:00Z") == .stopped)
        var changed = schedule
        changed.week[0].start = LocalTime("09:00")
        #expect(try book.compiled(changed, zone: "Europe/Berlin").state("2026-11-23T07:00:00Z") == .stopped)
        #expect(throws: TimeZoneFailure.unknownZone("Europe/Atlantis", directory: systemZones.directory)) {
            try book.compiled(schedule, zone: "Europe/Atlantis")
        }
    }
}
