import FleetModel
import Foundation
import Planning
import Testing

/// What planning costs (SPEC 11): linear everywhere, and figures by `BOTFLEET_MEASURE=1 swift test -c release --filter Measure`.
@Suite(.serialized) struct PlannerCostTests {
    /// Seconds of CPU that this thread spends in `body`: the least of three, because a machine is busy at times and never too fast.
    private func cost(_ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<3 {
            let start = threadSeconds()
            try body()
            best = min(best, threadSeconds() - start)
        }
        return best
    }

    private func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Eight times the fleet is eight times the work; were any part quadratic, it would be 64 times that part.
    private func expectLinear(_ shape: String, _ make: (Int) throws -> FleetFixture) throws {
        let small = try make(40)
        let large = try make(320)
        let (smallDesired, largeDesired) = (small.desired, large.desired)
        func plan(_ fixture: FleetFixture, _ desired: DesiredState) throws {
            _ = try Planner.plan(
                desired: desired, recorded: fixture.recorded, observed: fixture.observed, now: fixture.now,
                zones: systemZones)
        }
        let ratio = try cost { try plan(large, largeDesired) } / cost { try plan(small, smallDesired) }
        #expect(ratio < 20, "\(shape): 8 times the fleet costs \(ratio) times as much")
    }

    @Test func planWithNothingToDoIsLinear() throws {
        try expectLinear("deployments of one, each its own user") {
            try LargeFleet.make(deployments: $0, count: 1, users: $0)
        }
        try expectLinear("one deployment") { try LargeFleet.make(deployments: 1, count: $0, users: 1) }
    }

    @Test func firstPlanIsLinear() throws {
        try expectLinear("nothing recorded") {
            var fixture = try LargeFleet.make(deployments: $0, count: 1, users: $0)
            fixture.recorded = RecordedState()
            fixture.observed = ObservedState()
            return fixture
        }
    }

    @Test func planThatTakesAllOverOrAwayIsLinear() throws {
        try expectLinear("adoption") {
            var fixture = try LargeFleet.make(deployments: $0, count: 1, users: $0)
            fixture.recorded = RecordedState()
            return fixture
        }
        try expectLinear("removal") {
            var fixture = try LargeFleet.make(deployments: $0, count: 1, users: $0)
            fixture.deployments = []
            return fixture
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["BOTFLEET_MEASURE"] != nil))
    func measureOfPlansWithNothingToDo() throws {
        for (deployments, count, users) in [(1000, 1, 100), (10_000, 1, 1000), (100, 100, 10), (10_000, 1, 10_000)] {
            let fixture = try LargeFleet.make(deployments: deployments, count: count, users: users)
            let desired = fixture.desired
            let before = residentMiB()
            var changes = -1
            let seconds = try cost {
                changes = try Planner.plan(
                    desired: desired, recorded: fixture.recorded, observed: fixture.observed, now: fixture.now,
                    zones: systemZones
                ).plan.changes.count
            }
            #expect(changes == 0)
            print(
                "plan \(deployments) × \(count), \(users) users: \(Int(seconds * 1000)) ms CPU, "
                    + "\(residentMiB() - before) MiB more than its \(before) MiB of inputs")
        }
    }

    /// The most memory that this process had, in MiB (proc(5), VmHWM).
    private func residentMiB() -> Int {
        let status =
            FileManager.default.contents(atPath: "/proc/self/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0) / 1024
    }
}
