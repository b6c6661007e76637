import FleetModel
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "0", "a1", "linkedin-watch", "a--b", "on", "1-2-3", String(repeating: "a", count: 63)])
    func lowerCaseLettersDigitsAndInnerDashesAreAName(text: String) {
        #expect(Name.isValid(text))
    }

    @Test(arguments: [
        "", "-", "-a", "a-", "A", "aB", "a_b", "a.b", "a b", "ä", "a\n", "a/b", "１", String(repeating: "a", count: 64),
    ])
    func anythingElseIsNone(text: String) {
        #expect(!Name.isValid(text))
    }

    @Test func everySingleByteIsJudgedByTheRule() {
        for byte in UInt8(0)...127 {
            let character = String(UnicodeScalar(byte))
            let isOne = "abcdefghijklmnopqrstuvwxyz0123456789".contains(character)
            #expect(Name.isValid(character) == isOne, "byte \(byte) alone")
            #expect(Name.isValid("a\(character)b") == (isOne || character == "-"), "byte \(byte) inside")
        }
    }

    @Test func instancesAreNamedFromOne() {
        #expect(Name.instance(of: "watch", index: 1) == "watch-1")
        let deployment = Deployment(name: "watch", user: "a@example.com", bot: "b", count: 3)
        #expect(deployment.instanceNames == ["watch-1", "watch-2", "watch-3"])
        #expect(Deployment(name: "watch", user: "a@example.com", bot: "b", count: 0).instanceNames == [])
    }
}
