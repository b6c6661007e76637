import Diagnostics
import Testing

@Suite struct DescribedFailureTests {
    private struct Failure: DescribedFailure {
        var summary: String
        var hint: String?
    }

    @Test func theHintFollowsInBrackets() {
        #expect("\(Failure(summary: "cannot read x: gone", hint: "make it"))" == "cannot read x: gone (make it)")
        #expect("\(Failure(summary: "cannot read x: gone", hint: nil))" == "cannot read x: gone")
    }

    @Test func anErrorOfAnyKindIsKnownAgainAsDescribed() {
        let error: any Error = Failure(summary: "s", hint: "h")
        #expect((error as? any DescribedFailure)?.summary == "s")
    }
}
