import Diagnostics
import Testing

@testable import Views

@Suite struct FailureViewTests {
    private struct Refused: DescribedFailure {
        var summary = "connecting to MySQL at 127.0.0.1:3306 failed: access denied"
        var hint: String? = "set BOTFLEET_DATABASE_PASSWORD"
    }

    private struct Other: Error, CustomStringConvertible { let description = "odd\u{1B}[2J" }

    @Test func failureIsItsSummaryAndItsHintBelow() {
        #expect(
            FailureView.text(Refused())
                == "error: connecting to MySQL at 127.0.0.1:3306 failed: access denied\n  set BOTFLEET_DATABASE_PASSWORD\n"
        )
    }

    @Test(arguments: [nil, ""])
    func failureWithoutHintIsOneLine(hint: String?) {
        #expect(
            FailureView.text(Refused(hint: hint))
                == "error: connecting to MySQL at 127.0.0.1:3306 failed: access denied\n")
    }

    @Test func anyOtherErrorIsItsDescriptionMadeHarmless() {
        #expect(FailureView.text(Other()) == "error: odd\\u{1b}[2J\n")
    }

    @Test func wordsAreColouredWhereColoursMayBe() {
        let style = Style(color: true)
        #expect(FailureView.text(summary: "s", hint: nil, style: style) == "\u{1B}[31merror:\u{1B}[0m s\n")
        #expect(FailureView.warning("w", style: style) == "\u{1B}[33mwarning:\u{1B}[0m w\n")
        #expect(FailureView.warning("w\nx") == "warning: w\\nx\n")
    }
}
