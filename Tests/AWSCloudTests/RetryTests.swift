import AWSCloud
import LibCurl
import Testing

@Suite struct RetryTests {
    private func error(_ code: String, status: Int? = 400, sent: Bool = false) -> AWSError {
        AWSError(
            code: AWSErrorCode(rawValue: code), message: "", service: "ec2", operation: "X", region: "r",
            status: status,
            mayHaveTakenEffect: sent)
    }

    @Test func pausesDoubleUpToTheLongestAndTheDiceDecideBelow() {
        let policy = RetryPolicy(
            firstPause: .milliseconds(100), firstThrottlingPause: .milliseconds(500), longestPause: .seconds(2))
        let bounds = (1...7).map { policy.pause(afterAttempt: $0, isThrottling: false, dice: 1) }
        #expect(bounds == [100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
        #expect(
            (1...4).map { policy.pause(afterAttempt: $0, isThrottling: true, dice: 1) }
                == [500, 1000, 2000, 2000].map { .milliseconds($0) })
        #expect(policy.pause(afterAttempt: 3, isThrottling: false, dice: 0) == .zero)
        #expect(policy.pause(afterAttempt: 3, isThrottling: false, dice: 0.25) == .milliseconds(100))
        #expect(policy.pause(afterAttempt: 1_000_000, isThrottling: false, dice: 1) == .seconds(2))
    }

    @Test func attemptsAreBounded() {
        let policy = RetryPolicy(maximumAttempts: 3)
        let throttled = error("RequestLimitExceeded", status: 503)
        #expect(
            (1...4).map { policy.retries(throttled, attempt: $0, isRepeatable: true) } == [true, true, false, false])
        #expect(!RetryPolicy(maximumAttempts: 1).retries(throttled, attempt: 1, isRepeatable: true))
    }

    @Test func whatMayHaveWorkedIsRepeatedOnlyWhereThatIsSafe() {
        let policy = RetryPolicy.standard
        let open = error("InternalError", status: 500, sent: true)
        #expect(policy.retries(open, attempt: 1, isRepeatable: true))
        #expect(!policy.retries(open, attempt: 1, isRepeatable: false))
        #expect(policy.retries(error("Throttling"), attempt: 1, isRepeatable: false))
        #expect(!policy.retries(error("InvalidParameterValue"), attempt: 1, isRepeatable: true))
    }

    @Test func budgetPaysForAHundredRetriesOrFiftyTimeouts() {
        var budget = RetryBudget()
        var retries = 0
        while budget.take(afterTimeout: false) != nil { retries += 1 }
        #expect(retries == 100 && budget.tokens == 0)
        budget = RetryBudget()
        retries = 0
        while budget.take(afterTimeout: true) != nil { retries += 1 }
        #expect(retries == 50)
    }

    @Test func refundsFillTheBudgetNoFurtherThanFull() {
        var budget = RetryBudget(capacity: 20)
        #expect(budget.take(afterTimeout: false) == 5)
        #expect(budget.take(afterTimeout: true) == 10)
        #expect(budget.take(afterTimeout: true) == nil)
        #expect(budget.tokens == 5)
        budget.refund(10)
        #expect(budget.tokens == 15)
        for _ in 0..<4 { budget.refund(nil) }
        #expect(budget.tokens == 19)
        budget.refund(5)
        #expect(budget.tokens == 20)
    }
}
