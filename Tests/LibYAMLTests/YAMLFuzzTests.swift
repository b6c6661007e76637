import LibYAML
import Testing

/// Texts that nobody wrote: they may be wrong in any way, but reading ends, soon, and points inside the text.
@Suite struct YAMLFuzzTests {
    private static let seeds = [
        "name: a\nlist: [1, 'two', \"thr\\u00e9e\"]\nmap: {k: v}\nblock: |\n  text\n  more\nanchor: &x [a]\nalias: *x\n",
        "- {name: eu-west-1, limit: 20}\n- name: 'us'\n  subnets: [a, b]\n---\n? key\n: value\n...\n# end\n",
        "week:\n  - {days: mon-fri, start: \"08:00\", stop: \"18:30\"}\nexceptions:\n  - dates: 2026-12-24\n",
    ]
    private static let spice: [[UInt8]] =
        [
            "\t", "\n", "\r", "  ", ":", ": ", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "!!x ", "'", "\"", "|", ">",
            "#",
            "%TAG", "---\n", "...\n", "<<: ", "? ", "\\", "\u{0}", "\u{85}", "\u{FEFF}", "é", "👍",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    @Test func mutatedTextsNeverCrashAndProblemsLieInsideThem() {
        var generator = SplitMix(seed: 20_261_123)
        for round in 0..<20_000 {
            var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0...Int.random(in: 0...4, using: &generator) { mutate(&bytes, &generator) }
            check(bytes, round)
        }
    }

    @Test func randomTokensNeverCrashAndProblemsLieInsideThem() {
        var generator = SplitMix(seed: 42)
        for round in 0..<10_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                bytes += Self.spice.randomElement(using: &generator) ?? []
                if Bool.random(using: &generator) { bytes.append(UInt8.random(in: 97...122, using: &generator)) }
            }
            check(bytes, round)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.insert(contentsOf: Self.spice.randomElement(using: &generator) ?? [], at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9, using: &generator)))
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
        default:
            let end = min(bytes.count, place + Int.random(in: 0...20, using: &generator))
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        }
    }

    private func check(_ bytes: [UInt8], _ round: Int) {
        let stream = YAMLStream.parse(bytes)
        // Every place must be one of the text's: a line that it has, a column at most one beyond the line's end.
        let lines = lengths(of: bytes)
        for problem in stream.problems {
            let line = Int(problem.mark.line)
            let isInside =
                line >= 1 && line <= lines.count && problem.mark.column >= 1
                && Int(problem.mark.column) <= lines[line - 1] + 1
            #expect(
                isInside, "round \(round): \(problem) in \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            #expect(
                !problem.message.contains("this is not YAML"),
                "round \(round): \(problem.message) in \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
        for root in stream.documents { visit(root) }
        #expect(stream.isComplete || !stream.problems.isEmpty)
    }

    /// Scalars in each line, by YAML's line breaks; bytes that are no UTF-8 count as one each.
    private func lengths(of bytes: [UInt8]) -> [Int] {
        var lengths = [0]
        var previous: UInt32 = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isBreak = [0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains(scalar.value)
            if isBreak, !(scalar.value == 0x0A && previous == 0x0D) { lengths.append(0) }
            if !isBreak { lengths[lengths.count - 1] += 1 }
            previous = scalar.value
        }
        return lengths
    }

    private func visit(_ node: YAMLNode) {
        _ = node.text
        for position in 0..<node.count {
            if node.kind == .sequence { visit(node.item(at: position)) }
            if node.kind == .mapping {
                visit(node.key(at: position))
                visit(node.value(at: position))
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
