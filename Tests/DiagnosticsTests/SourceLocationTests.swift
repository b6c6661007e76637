import Diagnostics
import Testing

@Suite struct SourceLocationTests {
    @Test func aPlaceIsWrittenAsEditorsReadIt() {
        #expect(
            Diagnostics.SourceLocation(file: "fleet/users.yaml", line: 7, column: 3).description
                == "fleet/users.yaml:7:3")
        #expect(Diagnostics.SourceLocation(file: "a.yaml").description == "a.yaml:1:1")
    }

    @Test func placesAreOrderedByTheBytesOfTheFileThenLineThenColumn() {
        let sorted = [
            Diagnostics.SourceLocation(file: "B.yaml", line: 9, column: 9),
            Diagnostics.SourceLocation(file: "a-b.yaml"),
            Diagnostics.SourceLocation(file: "a.yaml", line: 2, column: 10),
            Diagnostics.SourceLocation(file: "a.yaml", line: 10, column: 1),
            Diagnostics.SourceLocation(file: "a.yaml", line: 10, column: 2),
            Diagnostics.SourceLocation(file: "a/b.yaml"),
            Diagnostics.SourceLocation(file: "é.yaml"),
        ]
        #expect(sorted.reversed().sorted() == sorted)
        #expect(sorted.shuffled().sorted() == sorted)
    }
}
