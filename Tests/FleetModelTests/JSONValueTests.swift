import FleetModel
import Testing

@Suite struct JSONValueTests {
    @Test func everyKindOfValueIsReadAsItself() throws {
        let text = #"{"a":[null,true,false,0,-7,1.5,"x"],"b":{}}"#
        let value: JSONValue = ["a": [nil, true, false, 0, -7, .number(1.5), "x"], "b": [:]]
        #expect(try CanonicalJSON.decode(JSONValue.self, from: text) == value)
        #expect(try CanonicalJSON.encode(value) == text)
    }

    @Test func numbersAreNeverBooleansAndTextsNeverNumbers() throws {
        #expect(
            try CanonicalJSON.decode([JSONValue].self, from: #"[1,0,"1","true",true]"#) == [1, 0, "1", "true", true])
        #expect(
            try CanonicalJSON.decode(JSONValue.self, from: "9223372036854775807") == .integer(Int.max))
        #expect(try CanonicalJSON.decode(JSONValue.self, from: "-9223372036854775808") == .integer(Int.min))
        #expect(try CanonicalJSON.decode(JSONValue.self, from: "1e300") == .number(1e300))
    }

    @Test func canonicalTextIsTheSameForEqualValuesHoweverTheyWereMade() throws {
        var first: [String: JSONValue] = [:]
        var second: [String: JSONValue] = [:]
        for index in 0..<200 { first["key\(index)"] = .integer(index) }
        for index in (0..<200).reversed() { second["key\(index)"] = .integer(index) }
        #expect(try CanonicalJSON.encode(first) == CanonicalJSON.encode(second))
        #expect(
            try CanonicalJSON.encode(["url": "https://x/y?a=b&c", "ä": "é\u{1F600}\n"] as JSONValue)
                == #"{"url":"https://x/y?a=b&c","ä":"é😀\n"}"#)
    }

    @Test func generatedValuesComeBackFromTheirText() throws {
        var generator = ModelGenerator(seed: 7)
        for _ in 0..<300 {
            let value = Self.value(depth: 4, using: &generator)
            let text = try CanonicalJSON.encode(value)
            #expect(try CanonicalJSON.decode(JSONValue.self, from: text) == value, "\(text)")
            #expect(try CanonicalJSON.encode(CanonicalJSON.decode(JSONValue.self, from: text)) == text)
        }
    }

    private static func value(depth: Int, using generator: inout ModelGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &generator))
        case 2: return .integer(Int.random(in: -1_000_000...1_000_000, using: &generator))
        case 3: return .number(Double(Int.random(in: -1000...1000, using: &generator)) + 0.25)
        case 4:
            let scalars = (0..<Int.random(in: 0..<8, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 1..<0x3000, using: &generator))
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                    value(depth: depth - 1, using: &generator)
                })
        default:
            let names = (0..<Int.random(in: 0..<5, using: &generator)).map { "k\($0)" }
            return .object(
                Dictionary(uniqueKeysWithValues: names.map { ($0, value(depth: depth - 1, using: &generator)) }))
        }
    }

    @Test func membersAndTextsAreHadOnlyWhereTheyAre() {
        let value: JSONValue = ["a": "x", "b": 1]
        #expect(value["a"]?.text == "x" && value["b"]?.text == nil && value["c"] == nil)
        #expect(JSONValue.string("x")["a"] == nil)
    }

    @Test(arguments: ["", "{", "[1 2]", "nul", #"{"a":1"#])
    func brokenTextIsAnError(text: String) {
        #expect(throws: (any Error).self) { try CanonicalJSON.decode(JSONValue.self, from: text) }
    }
}
