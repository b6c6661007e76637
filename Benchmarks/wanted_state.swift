// What it costs to ask a schedule which state it wants at an instant, the schedule already read: office hours in Berlin, at
// two million random instants of a year. Compiled by Benchmarks/run against the release build's modules.
import FleetModel
import Foundation
import Scheduling

struct Dice {
    private var state: UInt64 = 42

    mutating func next() -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % 31_536_000
    }
}

let zones = ZoneDatabase.default(environment: ProcessInfo.processInfo.environment)
let days = [Weekday.mon, .tue, .wed, .thu, .fri].map { DaySelector.every($0) }
let entry = ScheduleEntry(days: days, start: LocalTime("08:00"), stop: LocalTime("18:30"))
let schedule = CompiledSchedule(Schedule(name: "office", week: [entry]), in: try zones.zone("Europe/Berlin"))
let year = Instant(seconds: 1_767_225_600)

/// How many of so many instants want it running; what they cost is measured around it.
func ask(_ count: Int, _ dice: inout Dice) -> Int {
    var running = 0
    for _ in 0..<count where schedule.state(at: year + dice.next()) == .running { running += 1 }
    return running
}

var dice = Dice()
_ = ask(100_000, &dice)
let count = 2_000_000
let began = ContinuousClock.now
let running = ask(count, &dice)
let took = (ContinuousClock.now - began).components
let nanoseconds = (Double(took.seconds) * 1e9 + Double(took.attoseconds) / 1e9) / Double(count)
// The share of running hours tells that the answers were made, and right: 52.5 of 168 hours.
print(String(format: "%.0f ns, running %.3f of the time", nanoseconds, Double(running) / Double(count)))
