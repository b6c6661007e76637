import Foundation
import Testing

@testable import BotCatalog

@Suite struct PositionedJSONTests {
    private func read(_ text: String) throws -> PositionedJSON {
        let bytes = Array(text.utf8)
        return try PositionedJSONReader.read(bytes, in: 0..<bytes.count)
    }

    @Test func membersKeepTheirOrderAndPlaces() throws {
        let json = try read("{\"z\": 1, \"a\": [true, null], \"m\": \"x\"}")
        guard case .object(let members) = json.value else { return #expect(Bool(false), "not an object") }
        #expect(members.map(\.key) == ["z", "a", "m"])
        #expect(members.map(\.keyOffset) == [1, 9, 28])
        #expect(members.map(\.value.offset) == [6, 14, 33])
        #expect(members[0].value.value == .number("1"))
        #expect(json.offset == 0)
    }

    @Test(arguments: [
        ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{c}\n\r\t"), ("\"\\u00fc\\uD83D\\uDE00\"", "ü😀"),
        ("\"ü😀\"", "ü😀"),
        ("\"a//b\"", "a//b"), ("\"*\\/\"", "*/"), ("\"\"", ""),
    ])
    func stringsAreDecoded(text: String, expected: String) throws {
        #expect(try read(text).value == .string(expected))
    }

    @Test(arguments: ["0", "-0", "1.5", "-12.25e-3", "1E+9", "123456789012345678901234567890"])
    func numbersAreKeptAsWritten(text: String) throws {
        #expect(try read(text).value == .number(text))
    }

    @Test func commentLinesAreBlanks() throws {
        let json = try read("\n// first\n[\n  // \"second\"\n  \"http://x\",\r\n\t//third\n  2\n]\n// last")
        guard case .array(let elements) = json.value else { return #expect(Bool(false), "not a list") }
        #expect(elements.map(\.value) == [.string("http://x"), .number("2")])
    }

    @Test(arguments: [
        ("", 0, "the block is empty"),
        ("  \n ", 0, "the block is empty"),
        ("{\"a\": 1,}", 7, "remove the comma before '}'"),
        ("[1, 2, ]", 5, "remove the comma before ']'"),
        ("[1 2]", 3, "expected ',' or ']', found '2'"),
        ("{\"a\" 1}", 5, "expected ':' after 'a', found '1'"),
        ("{a: 1}", 1, "expected a key in double quotes, found 'a'"),
        ("{'a': 1}", 1, "expected a key in double quotes, found ''' (JSON keys take double quotes)"),
        ("['a']", 1, "JSON strings take double quotes"),
        ("{\"a\": 1, \"a\": 2}", 9, "duplicate key 'a'"),
        ("[1] x", 4, "unexpected 'x' after the end of the JSON"),
        ("[True]", 1, "expected a value, found 'T'"),
        ("[yes]", 1, "'yes' is not JSON (texts take double quotes)"),
        ("[01]", 1, "malformed number"),
        ("[1.]", 1, "malformed number"),
        ("[-]", 1, "malformed number"),
        ("[1e]", 1, "malformed number"),
        ("[+1]", 1, "expected a value, found '+'"),
        ("[\"a", 1, "the comment ends inside this string (a '*/' ends it for JavaScript; write '*\\/')"),
        ("[\"a\nb\"]", 1, "the string is not closed on its line"),
        ("[\"a\tb\"]", 3, "a control character in a string (write it as an escape: \\t)"),
        ("[\"\\x\"]", 2, "unknown escape \\x"),
        ("[\"\\u12\"]", 2, "\\u takes four hex digits"),
        ("[\"\\uD83D\"]", 2, "half of a surrogate pair"),
        ("[\"\\uDE00\"]", 2, "half of a surrogate pair"),
        ("[1, // no\n2]", 4, "a comment must stand on a line of its own"),
        ("[1", 2, "expected ',' or ']', found end of the block"),
        ("{", 1, "expected a key in double quotes, found end of the block"),
        ("[1,", 3, "expected a value before the end of the block"),
    ])
    func faultsAreFoundAtTheirPlace(text: String, offset: Int, message: String) {
        #expect(throws: JSONFault(offset: offset, message: message)) { try read(text) }
    }

    @Test func invalidUTF8InAStringIsAFault() {
        let bytes: [UInt8] = Array("[\"a".utf8) + [0xFF] + Array("\"]".utf8)
        #expect(throws: JSONFault(offset: 1, message: "the text is not UTF-8")) {
            try PositionedJSONReader.read(bytes, in: 0..<bytes.count)
        }
    }

    @Test func nestingIsBounded() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try read(deep)
        #expect(throws: JSONFault(offset: 64, message: "nested deeper than 64 levels")) { try read("[" + deep + "]") }
        #expect(throws: JSONFault.self) { try read(String(repeating: "[", count: 1_000_000)) }
    }

    /// Foundation's reader as witness: what one takes, the other takes, with the same content.
    @Test func anyPrefixOrChangedByteNeverCrashesAndAgreesWithFoundation() throws {
        let text = Array("{\"a\": [1, -2.5e3, \"x\\u00fcy\", true, false, null, {}], \"b\": {\"c\": \"ü\"}}".utf8)
        var checked = 0
        for index in text.indices {
            for replacement in [nil, UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "0"), 0xC3]
            {
                var bytes = text
                if let replacement { bytes[index] = replacement } else { bytes = Array(text.prefix(index)) }
                // A fault of either is nil.
                let ours = try? PositionedJSONReader.read(bytes, in: 0..<bytes.count)
                let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
                #expect((ours == nil) == (theirs == nil), "\(String(decoding: bytes, as: UTF8.self))")
                checked += 1
            }
        }
        #expect(checked == text.count * 6)
    }
}
