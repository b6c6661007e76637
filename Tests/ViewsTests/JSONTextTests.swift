import FleetModel
import FleetTestSupport
import Testing

@testable import Views

@Suite struct JSONTextTests {
    @Test func hostileTextIsEscapedAndReadsBackAsItWas() throws {
        for text in [Samples.hostile, "\u{7F}\u{0}\u{2028}\u{2029}\u{FEFF}", "😀é漢\u{10FFFF}", "/", "\u{E0001}"] {
            let written = JSONText.render(.string(text))
            #expect(isHarmless(written))
            #expect(try CanonicalJSON.decode([String].self, from: "[\(written)]") == [text])
        }
    }

    @Test(arguments: [
        (0.0, "0"), (-0.5, "-0.5"), (150, "150"), (12.25, "12.25"), (1e300, "1e+300"), (.nan, "null"),
        (.infinity, "null"),
    ])
    func numbersAreThoseOfJSON(number: Double, expected: String) {
        #expect(JSONText.render(.number(number)) == "\(expected)\n")
    }

    @Test func emptyCollectionsTakeNoLines() {
        #expect(JSONText.render(["a": [], "b": .object([:])]) == "{\n  \"a\": [],\n  \"b\": {}\n}\n")
        #expect(JSONText.render(list: []) == "[]\n")
    }

    @Test func valuesOfManyKindsReadBackAsTheyWere() throws {
        var random = SeededGenerator(seed: 20_261_123)
        for _ in 0..<200 {
            let value = Self.value(depth: 4, &random)
            for pretty in [true, false] {
                #expect(try CanonicalJSON.decode(JSONValue.self, from: JSONText.render(value, pretty: pretty)) == value)
            }
        }
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: -1_000_000...1_000_000, using: &random))
        case 3: return .number(Double(Int.random(in: -9_999...9_999, using: &random)) + 0.25)
        case 4: return .string(text(&random))
        case 5:
            return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            let members = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                (text(&random), value(depth: depth - 1, &random))
            }
            return .object(Dictionary(members, uniquingKeysWith: { $1 }))
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x1_0FFFF
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}
