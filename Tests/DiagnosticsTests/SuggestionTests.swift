import Diagnostics
import Testing

@Suite struct SuggestionTests {
    private let keys = ["schedule", "region", "user", "bot", "count", "storage_gb", "state", "hold"]

    @Test(arguments: [
        ("shedule", "schedule"), ("schedul", "schedule"), ("schdeule", "schedule"), ("SCHEDULE", "schedule"),
        ("regoin", "region"), ("uesr", "user"), ("bott", "bot"), ("storagegb", "storage_gb"), ("cuont", "count"),
        ("stat", "state"),
    ])
    func aSlipSuggestsTheWordThatWasMeant(written: String, meant: String) {
        #expect(Suggestion.nearest(to: written, among: keys) == meant)
    }

    @Test(arguments: ["", "x", "completely", "ab", "timetable", String(repeating: "schedule", count: 9)])
    func aWordThatIsNearToNoneSuggestsNothing(written: String) {
        #expect(Suggestion.nearest(to: written, among: keys) == nil)
    }

    @Test func theWordItselfIsNoSuggestion() {
        #expect(Suggestion.nearest(to: "user", among: ["user"]) == nil)
        #expect(Suggestion.nearest(to: "user", among: [String]()) == nil)
    }

    @Test func theNearestWinsAndAmongEqualsTheFirstByAlphabet() {
        #expect(
            Suggestion.nearest(to: "linkedin-trak", among: ["linkedin-talk", "linkedin-track"]) == "linkedin-track")
        #expect(Suggestion.nearest(to: "cat", among: ["rat", "bat", "hat"]) == "bat")
        #expect(Suggestion.nearest(to: "cat", among: ["bat", "hat", "rat"]) == "bat")
    }

    /// Against the definition: what one edit makes is always found again, from any place in the word.
    @Test func everySingleEditOfALongWordIsFoundAgain() {
        let word = Array("linkedin-track-companies")
        let target = [String(word)]
        for place in word.indices {
            var removed = word
            removed.remove(at: place)
            var changed = word
            changed[place] = "ß"
            var added = word
            added.insert("7", at: place)
            var swapped = word
            if place + 1 < word.count { swapped.swapAt(place, place + 1) }
            for edited in [removed, changed, added, swapped] where edited != word {
                #expect(Suggestion.nearest(to: String(edited), among: target) == target[0], "\(String(edited))")
            }
        }
    }

    @Test func upToThreeEditsAreForgivenAndFourAreNot() {
        #expect(Suggestion.nearest(to: "abcdefghi123", among: ["abcdefghijkl"]) == "abcdefghijkl")
        #expect(Suggestion.nearest(to: "abcdefgh1234", among: ["abcdefghijkl"]) == nil)
    }
}
