import FleetTestSupport
import Testing

@testable import Views

@Suite struct CellWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2),
        ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("ｆｕｌｌ", 8), ("→…", 2),
    ])
    func charactersTakeTheirCells(text: String, cells: Int) { #expect(CellWidth.of(text) == cells) }

    @Test func cutTextFitsAndSaysThatItWasCut() {
        #expect(CellWidth.cut("abcdef", to: 6) == "abcdef")
        #expect(CellWidth.cut("abcdefg", to: 6) == "abcde…")
        #expect(CellWidth.cut("漢字漢字", to: 6) == "漢字…")
        #expect(CellWidth.cut("漢字漢字", to: 5) == "漢字…")
        #expect(CellWidth.cut("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
    }

    /// Python's unicodedata is the witness, for the characters that its version of Unicode assigns.
    @Test func widthsAreThoseOfUnicodesOwnTable() async throws {
        let script = """
            import unicodedata as u
            for c in range(0x300, 0x110000):
                if 0xD800 <= c <= 0xDFFF or 0x1160 <= c <= 0x11FF: continue
                k = u.category(chr(c))
                if k in ("Cn", "Co", "Cc"): continue
                w = 0 if k in ("Mn", "Me", "Cf") else 2 if u.east_asian_width(chr(c)) in "WF" else 1
                if w != 1: print(c, w)
            """
        let output = try await succeed(["python3", "-c", script])
        var faults: [String] = []
        var witnessed = 0
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: " ").compactMap { UInt32($0) }
            guard parts.count == 2, let scalar = Unicode.Scalar(parts[0]) else { continue }
            witnessed += 1
            let cells = CellWidth.of(scalar)
            if cells != Int(parts[1]) {
                faults.append("U+\(String(scalar.value, radix: 16)): \(cells) is not \(parts[1])")
            }
        }
        #expect(witnessed > 100_000)
        // Versions of Unicode differ in a handful: U+1171E became a spacing mark in 16.
        #expect(faults.count <= 8, "\(faults.count): \(faults.prefix(30))")
    }
}
