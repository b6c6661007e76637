import LibMySQL
import Testing

@Suite struct MySQLRetryPolicyTests {
    @Test func pausesDoubleToTheLongestAndJitterHalvesThemAtMost() {
        let policy = MySQLRetryPolicy(attempts: 9, firstPause: .milliseconds(10), longestPause: .milliseconds(60))
        #expect(policy.pause(after: 1, jitter: 1) == .milliseconds(10))
        #expect(policy.pause(after: 1, jitter: 0) == .milliseconds(5))
        #expect(policy.pause(after: 2, jitter: 1) == .milliseconds(20))
        #expect(policy.pause(after: 3, jitter: 1) == .milliseconds(40))
        #expect(policy.pause(after: 4, jitter: 1) == .milliseconds(60))
        #expect(policy.pause(after: 400, jitter: 1) == .milliseconds(60))
        #expect(policy.pause(after: 4, jitter: 7) == .milliseconds(60))
    }
}
