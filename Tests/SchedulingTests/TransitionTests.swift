import FleetModel
import FleetTestSupport
import Testing

@testable import Scheduling

@Suite struct TransitionTests {
    private func transition(_ seconds: Int64, _ action: Session.Action) -> Transition {
        Transition(at: Instant(seconds: seconds), action: action)
    }

    @Test func settlingSortsKeepsOneAnInstantAndLetsStopWin() {
        var list = [
            transition(5, .start), transition(3, .stop), transition(5, .stop), transition(1, .start),
            transition(3, .stop),
            transition(5, .start),
        ]
        list.settle()
        #expect(list == [transition(1, .start), transition(3, .stop), transition(5, .stop)])
        var empty: [Transition] = []
        empty.settle()
        #expect(empty.isEmpty)
    }

    @Test func countingThroughAnInstantIsCountingOneByOne() {
        var generator = SeededGenerator(for: "countingThroughAnInstantIsCountingOneByOne")
        for length in 0..<30 {
            let list = (0..<length).map { _ in transition(Int64.random(in: 0...40, using: &generator), .start) }
                .sorted()
            for moment in -1...41 {
                let instant = Instant(seconds: Int64(moment))
                #expect(list.countThrough(instant) == list.filter { $0.at <= instant }.count)
            }
        }
    }

    @Test func aTransitionIsWrittenWithItsInstantAndAction() throws {
        let start = Transition(at: try at("2026-03-29T01:00:00Z"), action: .start)
        let text = try CanonicalJSON.encode(start)
        #expect(text == #"{"action":"start","at":"2026-03-29T01:00:00Z"}"#)
        #expect(try CanonicalJSON.decode(Transition.self, from: text) == start)
    }

    @Test func floorsGoDownAlsoBelowZero() {
        for dividend in -20...20 {
            let quotient = floorDivision(dividend, by: 7)
            #expect(quotient * 7 <= dividend && dividend < (quotient + 1) * 7)
        }
    }
}
