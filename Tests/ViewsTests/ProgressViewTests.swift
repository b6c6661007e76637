import FleetModel
import FleetTestSupport
import Planning
import Testing

@testable import Views

@Suite struct ProgressViewTests {
    private static let watch = Address.instance("watch-1")
    private static let group = Address.securityGroup(region: "eu-west-1", user: "anna@example.com")

    private static let story: [(Int, ProgressEvent)] = [
        (0, .waiting("the lease of anna@laptop, who seems gone")),
        (14, .recovering("RunInstances of instance.watch-9")),
        (15, .started(group, .create)), (15, .started(watch, .create)), (16, .finished(group, .create)),
        (17, .doing(watch, "launching t3.medium")), (29, .started(.instance("watch-2"), .replace)),
        (30, .finished(watch, .create)), (33, .failed(.instance("watch-2"), "no capacity for t3.medium")),
        (33, .skipped(.bundle("b"), because: .instance("watch-2"))),
    ]

    @Test func plainOutputIsALineAnEvent() {
        var view = ProgressView(total: 4, isLive: false, style: .plain)
        let text = Self.story.map { view.receive($0.1, at: .seconds($0.0)) }.joined() + view.finish(at: .seconds(34))
        expectGolden(text, "progress-plain")
    }

    @Test func plainOutputShowsASignOfLifeEveryHalfMinute() {
        var view = ProgressView(total: 2, isLive: false, style: .plain)
        #expect(view.tick(at: .seconds(60)) == "")
        _ = view.receive(.started(Self.watch, .create), at: .seconds(60))
        #expect(view.tick(at: .seconds(89)) == "")
        #expect(view.tick(at: .seconds(90)) == "still working: 0 of 2 changes settled, 1 in flight [1m]\n")
        #expect(view.tick(at: .seconds(91)) == "")
    }

    @Test func waitingIsSaidOnceInPlainOutput() {
        var view = ProgressView(total: 1, isLive: false, style: .plain)
        #expect(view.receive(.waiting("x"), at: .zero) == "waiting: x\n")
        #expect(view.receive(.waiting("x"), at: .seconds(1)) == "")
        #expect(view.tick(at: .seconds(30)) == "still working: x [30s]\n")
    }

    @Test func liveScreenHoldsOnlyWhatIsInFlightBelowWhatIsDone() {
        var view = ProgressView(total: 4, isLive: true, style: Style(color: false, width: 80))
        var screen = Screen()
        for (second, event) in Self.story.prefix(7) { screen.write(view.receive(event, at: .seconds(second))) }
        screen.write(view.tick(at: .seconds(29)))
        #expect(
            screen.lines == [
                "recovering: RunInstances of instance.watch-9",
                "security_group.eu-west-1/anna@example.com: created after 1s",
                "instance.watch-1: launching t3.medium… [14s]", "instance.watch-2: replacing… [0s]", "1 of 4 [29s]",
            ])
        for (second, event) in Self.story.dropFirst(7) { screen.write(view.receive(event, at: .seconds(second))) }
        screen.write(view.finish(at: .seconds(34)))
        #expect(
            screen.lines == [
                "recovering: RunInstances of instance.watch-9",
                "security_group.eu-west-1/anna@example.com: created after 1s", "instance.watch-1: created after 15s",
                "instance.watch-2: failed after 4s: no capacity for t3.medium",
                "bundle.b: skipped, because instance.watch-2 failed",
            ])
    }

    @Test func liveBlockStaysWithinAScreenHoweverManyAreInFlight() {
        var view = ProgressView(total: 300, isLive: true, style: Style(color: false, width: 60))
        var screen = Screen()
        for number in 1...300 {
            screen.write(
                view.receive(.started(.instance(String(repeating: "x", count: 55) + "-\(number)"), .create), at: .zero))
        }
        #expect(screen.lines.count == 14)
        #expect(screen.lines[12] == "… and 288 more in flight")
        #expect(screen.lines.allSatisfy { CellWidth.of($0) < 60 })
        for number in 1...300 {
            screen.write(
                view.receive(
                    .finished(.instance(String(repeating: "x", count: 55) + "-\(number)"), .create), at: .seconds(9)))
        }
        #expect(screen.lines.count == 300 && screen.lines.allSatisfy { $0.hasSuffix("created after 9s") })
    }

    @Test func nothingInFlightWritesNothing() {
        var view = ProgressView(total: 0, isLive: true, style: .plain)
        #expect(view.tick(at: .seconds(5)) == "" && view.finish(at: .seconds(6)) == "")
    }

    @Test func eventsOfUnknownAddressesAreShownAllTheSame() {
        var view = ProgressView(total: 1, isLive: false, style: .plain)
        #expect(view.receive(.finished(Self.watch, .stop), at: .seconds(9)) == "instance.watch-1: stopped after 0s\n")
        #expect(
            view.receive(.doing(Self.group, "waiting"), at: .seconds(9))
                == "security_group.eu-west-1/anna@example.com: waiting…\n")
    }

    @Test func hostileTextMovesNoCursor() {
        var view = ProgressView(total: 1, isLive: false, style: .plain)
        let address = Address(.instance, Samples.hostile)
        let events: [ProgressEvent] = [
            .started(address, .create), .doing(address, Samples.hostile), .failed(address, Samples.hostile),
            .skipped(address, because: address), .waiting(Samples.hostile), .recovering(Samples.hostile),
        ]
        for event in events { #expect(isHarmless(view.receive(event, at: .zero))) }
        #expect(isHarmless(view.summary.text()))
    }

    // MARK: Summary

    @Test func completeApplyCountsWhatItDid() {
        #expect(
            ApplySummary(done: [.create: 3, .update: 1, .stop: 2]).text()
                == "Apply complete: 3 created, 1 updated, 2 stopped.\n")
        #expect(ApplySummary().text() == "Apply complete: nothing to do.\n")
    }

    @Test func failedApplyNamesWhatFailedAndWhatWasSkipped() {
        var view = ProgressView(total: 4, isLive: false, style: .plain)
        for (second, event) in Self.story { _ = view.receive(event, at: .seconds(second)) }
        expectGolden(view.summary.text(), "apply-failed")
        #expect(!view.summary.isComplete)
    }

    @Test func manySkippedChangesAreCounted() {
        let skipped = (1...25).map { (Address.instance("w-\($0)"), because: Self.group) }
        let text = ApplySummary(failed: [(Self.group, "denied")], skipped: skipped).text()
        #expect(text.contains("Apply failed: 1 failed, 25 skipped.\n") && text.contains("  … and 5 more skipped\n"))
    }
}

/// A terminal as far as the view uses one: lines, the cursor to the beginning of an earlier line, and erasing what is below.
private struct Screen {
    private(set) var lines: [String] = []

    mutating func write(_ text: String) {
        var rest = text[...]
        if let match = rest.prefixMatch(of: #/\u{1B}\[(\d+)F\u{1B}\[J/#) {
            lines.removeLast(Int(match.1) ?? 0)
            rest = rest[match.range.upperBound...]
        }
        #expect(!rest.contains("\u{1B}") && (rest.isEmpty || rest.hasSuffix("\n")))
        lines += rest.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
