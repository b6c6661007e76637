import LibYAML
import Testing

/// What is read from texts that are right.
@Suite struct YAMLStreamTests {
    @Test func mappingsSequencesAndScalarsKeepTheirOrder() throws {
        let root = try #require(documents("b: [1, two]\na: {x: 'y', z: \"w\"}\nc:\n  - d\n  - e: f\n").first)
        #expect(root.sketch == "{b: [1, two], a: {x: 'y', z: 'w'}, c: [d, {e: f}]}")
        #expect(root.kind == .mapping && root.count == 3)
        #expect(root.value(at: 0).kind == .sequence)
        #expect(root.key(at: 1).text == "a" && root.key(at: 1).kind == .scalar)
    }

    @Test func everyNodeKnowsWhereItBegins() throws {
        let root = try #require(documents("a: 1\nb:\n  - x\n  -   {k: v}\n").first)
        #expect(root.mark == YAMLMark(line: 1, column: 1))
        #expect(root.value(at: 0).mark == YAMLMark(line: 1, column: 4))
        #expect(root.key(at: 1).mark == YAMLMark(line: 2, column: 1))
        let list = root.value(at: 1)
        #expect(list.mark == YAMLMark(line: 3, column: 3))
        #expect(list.item(at: 0).mark == YAMLMark(line: 3, column: 5))
        #expect(list.item(at: 1).mark == YAMLMark(line: 4, column: 7))
        #expect(list.item(at: 1).value(at: 0).mark == YAMLMark(line: 4, column: 11))
    }

    @Test func columnsCountUnicodeScalars() throws {
        // Three scalars in two characters, 11 bytes in UTF-8.
        let root = try #require(documents("{é: 1, 👍🏽: x}\n").first)
        #expect(root.value(at: 0).mark == YAMLMark(line: 1, column: 5))
        #expect(root.value(at: 1).mark == YAMLMark(line: 1, column: 12))
    }

    @Test func quotedAndPlainScalarsAreToldApartAndReadAlike() throws {
        let root = try #require(documents("a: on\nb: 'on'\nc: \"o\\u006e\"\nd: |\n  on\n").first)
        #expect((0..<3).map { root.value(at: $0).text } == ["on", "on", "on"])
        #expect((0..<4).map { root.value(at: $0).isPlain } == [true, false, false, false])
        #expect(root.value(at: 3).text == "on\n")
        #expect(root.value(at: 2).hasText("on") && !root.value(at: 2).hasText("onn") && !root.value(at: 2).hasText("o"))
    }

    @Test func valueThatIsMissingIsTellableFromAnEmptyText() throws {
        let root = try #require(documents("a:\nb: ''\n").first)
        #expect(root.value(at: 0).isMissing && !root.value(at: 1).isMissing)
        #expect(root.value(at: 0).mark == YAMLMark(line: 1, column: 3))
        #expect(root.value(at: 1).text.isEmpty)
    }

    @Test func documentsAreReadInOrderAndEmptyOnesAreMissing() {
        let roots = documents("a: 1\n---\n---\n# nothing\n---\n- b\n...\n")
        #expect(roots.map(\.isMissing) == [false, true, true, false])
        #expect(roots.last?.sketch == "[b]")
    }

    @Test func textOfNothingHasNoDocument() {
        #expect(documents("").isEmpty)
        #expect(documents("# only a comment\n\n").isEmpty)
    }

    @Test func byteOrderMarkAtTheBeginningMovesNoColumn() throws {
        let stream = YAMLStream.parse([0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8))
        #expect(stream.problems.isEmpty)
        #expect(stream.documents.first?.mark == .start)
        #expect(stream.documents.first?.value(at: 0).mark == YAMLMark(line: 1, column: 4))
    }

    @Test func carriageReturnsAreLineBreaks() throws {
        let root = try #require(documents("a: 1\r\nb: 2\rc: 3\r\n").first)
        #expect(root.sketch == "{a: 1, b: 2, c: 3}")
        #expect(root.key(at: 2).mark == YAMLMark(line: 3, column: 1))
    }

    // MARK: - Aliases

    @Test func aliasIsItsAnchorsValueAtItsOwnPlace() throws {
        let root = try #require(documents("a: &x {k: v}\nb: *x\nc: &y text\nd: *y\n").first)
        #expect(root.sketch == "{a: {k: v}, b: {k: v}, c: text, d: text}")
        #expect(root.value(at: 1).mark == YAMLMark(line: 2, column: 4))
        #expect(root.value(at: 1).value(at: 0).mark == YAMLMark(line: 1, column: 11))
        #expect(root.value(at: 3).mark == YAMLMark(line: 4, column: 4))
    }

    @Test func aliasMayBeAKey() throws {
        #expect(try #require(documents("a: &k name\n*k : x\n").first).sketch == "{a: name, name: x}")
    }

    @Test func anchorThatIsGivenAgainNamesTheLaterValue() throws {
        #expect(try #require(documents("[&x 1, *x, &x 2, *x]\n").first).sketch == "[1, 1, 2, 2]")
    }

    @Test func anchorsEndWithTheirDocument() {
        MarkedYAML("a: &x 1\n---\nb: 1️⃣*x\n").expect("no anchor '&x' stands before this alias")
    }

    @Test func honestSharingIsWithinTheBudget() throws {
        let items = (0..<500).map { _ in "*x" }.joined(separator: ", ")
        let root = try #require(documents("a: &x [1, 2, 3]\nb: [\(items)]\n").first)
        #expect(root.value(at: 1).count == 500)
    }

    // MARK: - What a text may be large in

    @Test func sixtyFourLevelsAreRead() {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(documents(text).count == 1)
    }

    @Test func mappingOfManyKeysIsReadInOrder() throws {
        let text = (0..<5000).map { "key\($0): \($0)\n" }.joined()
        let root = try #require(documents(text).first)
        #expect(root.count == 5000 && root.key(at: 4999).text == "key4999")
    }
}
