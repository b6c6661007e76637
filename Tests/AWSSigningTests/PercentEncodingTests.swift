import AWSSigning
import Testing

@Suite struct PercentEncodingTests {
    @Test func onlyUnreservedCharactersStay() {
        let kept = (0...127).map { String(Unicode.Scalar(UInt8($0))) }.filter { PercentEncoding.component($0) == $0 }
        #expect(kept.joined() == "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~")
    }

    @Test func pathsKeepTheirSlashesAndFormsWriteSpacesAsPlus() {
        #expect(PercentEncoding.path("/a b/ü") == "/a%20b/%C3%BC")
        #expect(PercentEncoding.component("/a b") == "%2Fa%20b")
        #expect(PercentEncoding.form("a b+c/~*") == "a+b%2Bc%2F~%2A")
    }

    @Test(arguments: ["", "plain", "a b+c", "日本/🤖", "100%", "\u{0}\u{7f}", "e\u{301}"])
    func whatIsEncodedDecodesToTheSameScalars(text: String) {
        for (encoded, plus) in [
            (PercentEncoding.component(text), false), (PercentEncoding.path(text), false),
            (PercentEncoding.form(text), true),
        ] {
            let decoded = PercentEncoding.decode(encoded, plusAsSpace: plus)
            #expect(decoded.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        }
    }

    @Test(arguments: ["%", "%2", "%zz", "a%", "%ff", "%C3%28"])
    func brokenEncodingsAreNil(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func aPlusIsASpaceOnlyWhereAskedFor() {
        #expect(PercentEncoding.decode("a+b%2B") == "a+b+")
        #expect(PercentEncoding.decode("a+b%2B", plusAsSpace: true) == "a b+")
    }
}
