import Testing

@testable import Views

@Suite struct SafeTextTests {
    @Test func everyControlAndFormatCharacterIsEscaped() {
        var faults: [UInt32] = []
        for value in UInt32(0)...0x1_0FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = SafeText.line(String(scalar))
            if !isHarmless(text) || text.contains("\n") { faults.append(value) }
        }
        #expect(faults.isEmpty, "\(faults.prefix(20))")
    }

    @Test(arguments: [
        ("a\nb", "a\\nb"), ("a\r\nb", "a\\r\\nb"), ("\t", "\\t"), ("\u{1B}[2J", "\\u{1b}[2J"),
        ("\u{9B}2J", "\\u{9b}2J"),
        ("\u{202E}", "\\u{202e}"), ("grün 漢 👩‍👧", "grün 漢 👩‍👧"), ("C:\\x", "C:\\x"), ("\u{0}", "\\u{0}"),
        ("\u{7F}", "\\u{7f}"),
    ])
    func textIsShownAsOneHarmlessLine(text: String, expected: String) { #expect(SafeText.line(text) == expected) }

    @Test func quotedTextEscapesQuotesAndBackslashes() {
        #expect(SafeText.quoted("say \"hi\" \\ \n") == "\"say \\\"hi\\\" \\\\ \\n\"")
    }

    @Test func toneIsWrittenOnlyWhereColoursMayBe() {
        #expect(Style.plain.paint("x", .bad) == "x")
        #expect(Style(color: true).paint("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
        #expect(Style(color: true).paint("x", .plain) == "x" && Style(color: true).paint("", .bad).isEmpty)
        #expect(Style(color: false, width: 3).width == 40)
    }
}
