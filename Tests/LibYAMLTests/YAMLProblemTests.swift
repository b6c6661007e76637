import LibYAML
import Testing

/// What is said, and where, about texts that can't be read.
@Suite struct YAMLProblemTests {
    // MARK: - Bytes

    /// Bytes, and the one problem that they have.
    private func expect(_ bytes: [UInt8], _ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let stream = YAMLStream.parse(bytes)
        #expect(stream.problems.map { "\($0.mark): \($0.message)" } == [wanted], sourceLocation: sourceLocation)
        #expect(!stream.isComplete, sourceLocation: sourceLocation)
    }

    @Test func bytesThatAreNotUTF8AreToldByPlace() {
        expect(Array("a: 1\nb: é".utf8) + [0xFF], "2:5: this is not UTF-8 (byte 0xFF); save the file as UTF-8")
        expect(Array("a: ".utf8) + [0xC3], "1:4: this is not UTF-8 (byte 0xC3); save the file as UTF-8")
        expect(Array("a: ".utf8) + [0xC0, 0x80], "1:4: this is not UTF-8 (byte 0xC0); save the file as UTF-8")
        expect(Array("a: ".utf8) + [0xED, 0xA0, 0x80], "1:4: this is not UTF-8 (byte 0xED); save the file as UTF-8")
        expect(
            Array("a: ".utf8) + [0xF4, 0x90, 0x80, 0x80], "1:4: this is not UTF-8 (byte 0xF4); save the file as UTF-8")
        expect([0x80], "1:1: this is not UTF-8 (byte 0x80); save the file as UTF-8")
    }

    @Test func controlCharactersAreToldByPlace() {
        expect(Array("a: x\u{0}y".utf8), "1:5: a NUL character (U+0000) is not allowed; remove it")
        expect(Array("a: \u{7}".utf8), "1:4: a control character (U+0007) is not allowed; remove it")
        expect(Array("a: \u{7F}".utf8), "1:4: a control character (U+007F) is not allowed; remove it")
        expect(Array("a: \u{9B}".utf8), "1:4: a control character (U+009B) is not allowed; remove it")
        expect(Array("a: \u{FFFE}".utf8), "1:4: a control character (U+FFFE) is not allowed; remove it")
    }

    @Test func otherEncodingsAreToldByName() {
        let wanted = "1:1: this file is UTF-16 or UTF-32; save it as UTF-8"
        expect([0xFF, 0xFE, 0x61, 0x00], wanted)
        expect([0xFE, 0xFF, 0x00, 0x61], wanted)
        expect([0x61, 0x00, 0x3A, 0x00], wanted)
        expect([0x00, 0x61, 0x00, 0x3A], wanted)
    }

    @Test func byteOrderMarkInTheMiddleIsToldByPlace() {
        expect(Array("a: 1\n\u{FEFF}b: 2\n".utf8), "2:1: a byte order mark (U+FEFF) may only begin the file; remove it")
    }

    @Test func documentsBeforeBadBytesAreReadAllTheSame() {
        let stream = YAMLStream.parse(Array("a: !t 1\n---\nb: 2\n---\nc: ".utf8) + [0xFF])
        #expect(stream.documents.map(\.sketch) == ["{a: 1}", "{b: 2}"])
        #expect(stream.problems.map(\.mark) == [YAMLMark(line: 1, column: 4), YAMLMark(line: 5, column: 4)])
    }

    // MARK: - Tokens

    @Test func tabsThatIndentAreToldAsTabs() {
        MarkedYAML("a:\n1️⃣\tb: 1\n").expect("a tab can't indent YAML; use spaces")
        MarkedYAML("a:\n  b: 1\n1️⃣\tc: 1\n").expect("a tab can't indent YAML; use spaces")
        MarkedYAML("- a\n1️⃣\t- b\n").expect("a tab can't indent YAML; use spaces")
    }

    @Test func quotesThatNeverCloseAreToldWhereTheyOpen() {
        MarkedYAML("a: 1️⃣\"b\nc: d\n").expect("this quote is never closed")
        MarkedYAML("a: 1️⃣'b\n---\nc: d\n").expect("this quote is never closed")
    }

    @Test func escapesThatMeanNothingAreToldWhereTheyStand() {
        MarkedYAML(#"a: "x1️⃣\q""#).expect(
            #"unknown escape in double quotes; write '\\' for a backslash, or use single quotes"#)
        let stream = YAMLStream.parse(Array(#"a: "\xZZ""#.utf8))
        #expect(stream.problems.first?.message.contains("2, 4 and 8 hexadecimal digits") == true)
        MarkedYAML(#"a: "\u1️⃣d800""#).expect("this escape names no Unicode character")
    }

    @Test func charactersThatBeginNothingAreQuoted() {
        MarkedYAML("a: 1️⃣@home\n").expect("'@' can't begin a text; put the text in quotes")
        MarkedYAML("a: 1️⃣`date`\n").expect("'`' can't begin a text; put the text in quotes")
        MarkedYAML("a: 1️⃣%x\n").expect("'%' can't begin a text; put the text in quotes")
    }

    @Test func starsAndAmpersandsAreExplained() {
        MarkedYAML("a: [1️⃣*.js]\n").expect("'*' begins an alias; a text that begins with '*' stands in quotes")
        MarkedYAML("a: 1️⃣*\n").expect("'*' begins an alias; a text that begins with '*' stands in quotes")
        MarkedYAML("a: 1️⃣& b\n").expect("'&' begins an anchor; a text that begins with '&' stands in quotes")
    }

    @Test func tagsAreErrorsThatReadingPassesOver() {
        let words = "YAML tags ('!…') are not allowed; a text that begins with '!' stands in quotes"
        MarkedYAML("a: 1️⃣!!int 3\nb: 2️⃣!mine {c: d}\ne: 3️⃣!!python/object:os.system []\nf: 4️⃣! x\n")
            .expect(words, words, words, words)
        MarkedYAML("a: 1️⃣!no!x y\n").expect(words)
        MarkedYAML("1️⃣%TAG !e! tag:example.com,2026:\n---\na: 1\n").expect(words)
        let stream = YAMLStream.parse(Array("a: !!int 3\nb: 4\n".utf8))
        #expect(stream.isComplete && stream.documents.first?.sketch == "{a: 3, b: 4}")
    }

    // MARK: - Structure

    @Test func linesWithoutAColonAreToldWhereTheyBegin() {
        MarkedYAML("a: 1\n1️⃣b\nc: 2\n").expect(
            "expected 'key: value' or '- item' here (a ':' is missing, or a space after it)")
        MarkedYAML("a: 1\n1️⃣b:2\nc: 2\n").expect(
            "expected 'key: value' or '- item' here (a ':' is missing, or a space after it)")
    }

    @Test func secondColonOfAValueIsToldWhereItStands() {
        MarkedYAML("a: b1️⃣: c\n").expect(
            "a second ': ' in one value, or a wrong indentation (a text with ': ' in it stands in quotes)")
    }

    @Test func wrongIndentationIsToldWhereItBegins() {
        MarkedYAML("a:\n  b: 1\n 1️⃣c: 2\n").expect(
            "expected a key here; keys of one mapping stand in one column (check the indentation and quotes)")
        MarkedYAML("a:\n  - 1\n 1️⃣- 2\n").expect(
            "expected a key here; keys of one mapping stand in one column (check the indentation and quotes)")
        MarkedYAML("- a\n1️⃣b: 1\n").expect(
            "expected '- ' here; items of one list stand in one column (check the indentation)")
        MarkedYAML("a: 1️⃣- b\n").expect("a list can't begin here; put its first '- ' on a line of its own")
    }

    @Test func bracketsThatNeverCloseAreToldWhereTheyOpen() {
        MarkedYAML("a: 1️⃣[b, c\n").expect("this '[' is never closed")
        MarkedYAML("a: 1️⃣{b: c\n").expect("this '{' is never closed")
        MarkedYAML("a: {b: 1️⃣[").expect("the bracket here is never closed")
        MarkedYAML("a: [b}1️⃣]\n".replacing("}1️⃣]", with: "1️⃣}]")).expect("expected ',' or ']' here")
    }

    @Test func valueThatIsMissingBetweenCommasIsToldWhereItBelongs() {
        MarkedYAML("a: [b, 1️⃣, c]\n").expect("expected a value here")
    }

    @Test func textAfterADocumentIsTold() {
        MarkedYAML("[a]\n1️⃣b: c\n").expect("expected the end of the document or '---' here")
        MarkedYAML("1️⃣%YAML 3.0\n---\na\n").expect("only YAML 1.1 and 1.2 are read")
    }

    @Test func directivesAreExplained() {
        MarkedYAML("1️⃣%YAML\n---\na\n").expect(
            "a line that begins with '%' is a YAML directive; a text that begins with '%' stands in quotes")
    }

    // MARK: - Keys

    @Test func duplicateKeysAreToldWithTheFirstAndKeepIt() {
        MarkedYAML("a: 1\nb: 2\n1️⃣a: 3\n2️⃣\"a\": 4\n").expect(
            "duplicate key 'a' (first at 1:1)", "duplicate key 'a' (first at 1:1)")
        #expect(YAMLStream.parse(Array("a: 1\na: 2\n".utf8)).documents.first?.sketch == "{a: 1}")
    }

    @Test func duplicateKeysAreFoundAmongMany() {
        let many = (0..<100).map { "k\($0): 1\n" }.joined()
        let stream = YAMLStream.parse(Array("\(many)k7: 2\n".utf8))
        #expect(stream.problems.map { "\($0.mark): \($0.message)" } == ["101:1: duplicate key 'k7' (first at 8:1)"])
        #expect(stream.documents.first?.count == 100)
    }

    @Test func mergeKeysAreErrors() {
        MarkedYAML("a: &x {b: 1}\nc:\n  1️⃣<<: *x\n  d: 2\n").expect(
            "merge keys ('<<') are not supported; write the keys out")
    }

    @Test func keysThatAreNotTextAreErrors() {
        MarkedYAML("{1️⃣[a, b]: c, d: e}\n").expect("a key must be a text, not a list")
        MarkedYAML("? 1️⃣{a: b}\n: c\n").expect("a key must be a text, not a mapping")
    }

    // MARK: - Aliases and depth

    @Test func aliasWithoutAnchorIsTold() {
        MarkedYAML("a: 1️⃣*x\n").expect("no anchor '&x' stands before this alias")
    }

    @Test func aliasWithinItsOwnAnchorIsTold() {
        MarkedYAML("a: &x [1, 1️⃣*x]\n").expect("the alias '*x' stands inside the value that it names")
    }

    @Test func aliasBombIsToldBeforeItExpands() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        var previous = "a"
        for name in ["b", "c", "d", "e", "f", "g", "h", "i"] {
            text += "\(name): &\(name) [\((0..<10).map { _ in "*\(previous)" }.joined(separator: ", "))]\n"
            previous = name
        }
        let stream = YAMLStream.parse(Array(text.utf8))
        #expect(
            stream.problems.map(\.message) == [
                "aliases stand for more than 100000 values here; write them out or use fewer"
            ])
        #expect(stream.problems.first?.mark.line == 5)
    }

    @Test func nestingOverSixtyFourIsToldAtTheSixtyFifth() {
        let text = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        let stream = YAMLStream.parse(Array(text.utf8))
        #expect(stream.problems == [YAMLProblem(YAMLMark(line: 1, column: 65), "nested over 64 levels deep")])
    }

    @Test func nestingThroughAliasesCounts() {
        let forty = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        let text = "a: &x \(forty)\nb: \(String(repeating: "[", count: 30))*x"
        let stream = YAMLStream.parse(Array(text.utf8))
        #expect(stream.problems == [YAMLProblem(YAMLMark(line: 2, column: 34), "nested over 64 levels deep")])
    }

    // MARK: - Bounds

    @Test func problemsHaveABound() {
        let stream = YAMLStream.parse(Array(String(repeating: "- !t x\n", count: 5000).utf8))
        #expect(stream.problems.count == YAMLLimits.problems + 1)
        #expect(stream.problems.last?.message == "more than 1000 problems; the rest of this file was not read")
    }

    @Test func directivesHaveABound() {
        let text = (0..<100_000).map { "%TAG !a\($0)! x\n" }.joined()
        let stream = YAMLStream.parse(Array(text.utf8))
        #expect(stream.problems.last == YAMLProblem(YAMLMark(line: 65, column: 1), "more than 64 lines begin with '%'"))
    }
}
