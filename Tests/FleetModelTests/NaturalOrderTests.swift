import FleetModel
import Testing

@Suite struct NaturalOrderTests {
    @Test(arguments: [
        ["bot-1", "bot-2", "bot-9", "bot-10", "bot-11", "bot-100"], ["", "0", "00", "01", "1", "2", "10", "a"],
        ["a", "a0", "a1", "a1b", "a2", "a10", "ab", "b"], ["x99999999999999999999998", "x99999999999999999999999"],
    ])
    func aListInItsOrderStaysInItsOrder(list: [String]) {
        for (first, second) in zip(list, list.dropFirst()) {
            #expect(NaturalOrder.precedes(first, second), "'\(first)' before '\(second)'")
            #expect(!NaturalOrder.precedes(second, first), "'\(second)' not before '\(first)'")
        }
        #expect(list.reversed().sorted(by: NaturalOrder.precedes) == list)
    }

    /// Of all words of up to four of these characters, as sorting needs it: never itself, never both ways, no circle, and
    /// different words never equal.
    @Test func itIsAStrictTotalOrder() {
        let characters = ["0", "1", "2", "a", "-"]
        var words = [""]
        var longest = [""]
        for _ in 0..<3 {
            longest = longest.flatMap { word in characters.map { word + $0 } }
            words += longest
        }
        let sorted = words.sorted(by: NaturalOrder.precedes)
        for (index, word) in sorted.enumerated() {
            #expect(!NaturalOrder.precedes(word, word))
            for later in sorted[(index + 1)...]
            where !NaturalOrder.precedes(word, later) || NaturalOrder.precedes(later, word) {
                Issue.record("'\(word)' and '\(later)' are out of order")
            }
        }
    }
}
