import FleetModel
import FleetTestSupport
import Testing

/// Minutes of the current start and over all starts.
@Suite struct UpTimeTests {
    private static let launch = Instant(seconds: 1_800_000_000)

    private func machine(
        _ state: InstanceState, launchedAt: Instant, stoppedAt: Instant? = nil
    ) -> ObservedInstance {
        ObservedInstance(
            instanceID: "i-1", region: "eu-west-1", state: state, instanceType: "t3.medium", imageID: "ami-1",
            launchedAt: launchedAt, stoppedAt: stoppedAt)
    }

    private func row() -> RecordedInstance {
        RecordedInstance(name: "web-1", region: "eu-west-1", user: "anna@example.com")
    }

    @Test func countingTwiceIsCountingOnce() {
        var row = row()
        row.countUpTime(from: Self.launch, to: Self.launch + 605)
        row.countUpTime(from: Self.launch, to: Self.launch + 605)
        #expect(row.upTimeMinutes == 10 && row.totalUpTimeMinutes == 10 && row.upTimeSince == Self.launch)
    }

    @Test func clockThatWasWrongForAWhileLeavesNoTrace() {
        var row = row()
        row.countUpTime(from: Self.launch, to: Self.launch + 600)
        row.countUpTime(from: Self.launch, to: Self.launch + 86_400)
        row.countUpTime(from: Self.launch, to: Self.launch - 3_600)
        #expect(row.upTimeMinutes == 0 && row.totalUpTimeMinutes == 0)
        row.countUpTime(from: Self.launch, to: Self.launch + 1_200)
        #expect(row.upTimeMinutes == 20 && row.totalUpTimeMinutes == 20)
    }

    @Test func stopEndsTheRunAtAWSsTimeAndTheTotalStays() {
        var row = row()
        row.countUpTime(from: Self.launch, to: Self.launch + 600)
        row.observe(machine(.stopped, launchedAt: Self.launch, stoppedAt: Self.launch + 900))
        #expect(row.upTimeMinutes == 0 && row.totalUpTimeMinutes == 15 && row.upTimeSince == nil)
        row.observe(machine(.stopped, launchedAt: Self.launch, stoppedAt: Self.launch + 900))
        #expect(row.totalUpTimeMinutes == 15)
    }

    @Test func nextStartAddsToTheTotalAlsoWhereTheStopWasNotSeen() {
        var row = row()
        row.countUpTime(from: Self.launch, to: Self.launch + 600)
        row.countUpTime(from: Self.launch + 3_600, to: Self.launch + 4_200)
        #expect(row.upTimeMinutes == 10 && row.totalUpTimeMinutes == 20)
    }

    @Test func runBetweenTwoCountsIsCountedWhereItsBeginAndEndWereSeen() {
        var row = row()
        row.observe(machine(.running, launchedAt: Self.launch))
        row.observe(machine(.stopping, launchedAt: Self.launch, stoppedAt: Self.launch + 300))
        #expect(row.totalUpTimeMinutes == 5)
    }

    @Test func stopOfAnEarlierRunIsNoEndOfThisOne() {
        var row = row()
        row.countUpTime(from: Self.launch, to: Self.launch + 600)
        row.endUpTime(at: Self.launch - 60)
        #expect(row.totalUpTimeMinutes == 10 && row.upTimeSince == nil)
    }

    /// Any history of starts, counts, clock steps and stops: the total is the sum of the runs, each counted from end to end.
    @Test(arguments: 0..<200) func totalIsTheSumOfAllRuns(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var row = row()
        var time = Self.launch
        var expected = 0
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let begin = time
            row.observe(machine(.running, launchedAt: begin))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let clock = begin + Int.random(in: -10_000...50_000, using: &random)
                row.countUpTime(from: begin, to: clock)
            }
            let end = begin + Int.random(in: 1...20_000, using: &random)
            row.observe(machine(.stopped, launchedAt: begin, stoppedAt: end))
            expected += (end - begin) / 60
            time = end + Int.random(in: 1...5_000, using: &random)
        }
        #expect(row.totalUpTimeMinutes == expected)
    }
}
