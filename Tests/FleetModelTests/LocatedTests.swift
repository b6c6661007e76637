import Diagnostics
import FleetModel
import Testing

@Suite struct LocatedTests {
    @Test func aPlaceThatTheFileDoesNotWriteIsThatOfTheWhole() {
        let whole = Diagnostics.SourceLocation(file: "fleet/users.yaml", line: 3, column: 3)
        let name = Diagnostics.SourceLocation(file: "fleet/users.yaml", line: 4, column: 9)
        let located = Located(User(email: "a@example.com", timezone: "UTC"), at: whole, places: ["name": name])
        #expect(located.place(of: "name") == name)
        #expect(located.place(of: "region") == whole)
        #expect(located == Located(located.value, at: whole, places: ["name": name]))
        #expect(located != Located(located.value, at: name))
    }
}
