import Diagnostics
import FleetModel
import Testing

@testable import FleetFiles

/// The copy that `clone` writes: the text as a person wrote it, under another name.
@Suite struct DocumentCopyTests {
    @Test(arguments: [
        ("name: web\ncount: 2  # two\n", "name: copy\ncount: 2  # two\n"),
        ("# About web.\n\nname: \"web\"  # its name\nuser: a\n", "name: copy  # its name\nuser: a\n"),
        ("name: a\n---\n# Second\nuser: b\nname: 'web'\n\n---\nname: c\n", "user: b\nname: copy\n"),
        ("{name: web, user: a}\n...\n", "{name: copy, user: a}\n"), ("name: web", "name: copy\n"),
    ])
    func documentIsCopiedWithItsNameReplacedAlone(text: String, expected: String) throws {
        #expect(try copy(text) == expected)
    }

    @Test func nameThatIsWrittenOddlyIsNotCopied() throws {
        #expect(try copy("name: \"w\\x65b\"\n") == nil)
    }

    private func copy(_ text: String) throws -> String? {
        // Where the loader would find the name's value.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let at = try #require(lines.firstIndex { $0.contains(#/name: ["']?w/#) })
        let column = try #require(lines[at].firstRange(of: "name: ")).upperBound
        let place = SourceLocation(
            file: "f.yaml", line: at + 1, column: lines[at].distance(from: lines[at].startIndex, to: column) + 1)
        let deployment = Located(
            Deployment(name: "web", user: "a", bot: "b"), at: place, places: ["name": place])
        return DocumentCopy.text(of: deployment, in: text, as: "copy")
    }
}
