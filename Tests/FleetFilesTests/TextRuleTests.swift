import Testing

@testable import FleetFiles

/// Forms of texts that AWS, git and systems set.
@Suite struct TextRuleTests {
    @Test(arguments: ["t3.medium", "m7i-flex.large", "u-6tb1.112xlarge", "a.b"])
    func instanceTypeIsTaken(text: String) { #expect(TextRule.isInstanceType(text)) }

    @Test(arguments: [
        "", ".", "t3", "t3.", ".medium", "t3.medium.x", "T3.medium", "t3 .medium",
        String(repeating: "a", count: 64) + ".b",
    ])
    func instanceTypeIsRefused(text: String) { #expect(!TextRule.isInstanceType(text)) }

    @Test(arguments: ["a@b", "anna@example.com", "a.b+c@x-y.org", "!#$%&'*+/=?^_`{|}~-@d"])
    func emailIsTaken(text: String) { #expect(TextRule.isEmail(text)) }

    @Test(arguments: [
        "", "@", "a@", "@b", "a@b@c", "a b@c", "a@b.", "a@.b", "a@b-", "ä@b.de", "a@b,c", "<a@b>",
        String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 253),
    ])
    func emailIsRefused(text: String) { #expect(!TextRule.isEmail(text)) }

    @Test(arguments: ["/a", "/a/b-c_d.e", "plain", "a.b"])
    func secretNameIsTaken(text: String) { #expect(TextRule.isSSMName(text)) }

    @Test(arguments: ["", "/", "/a/", "a/b", "/a//b", "/a b", "/ä", String(repeating: "a", count: 1012)])
    func secretNameIsRefused(text: String) { #expect(!TextRule.isSSMName(text)) }

    @Test(arguments: ["abc", "a.b-c", "0a0", String(repeating: "b", count: 63)])
    func bucketIsTaken(text: String) { #expect(TextRule.isBucket(text)) }

    @Test(arguments: ["ab", "-ab", "ab-", "a..b", "A-b", "a_b", "", String(repeating: "b", count: 64)])
    func bucketIsRefused(text: String) { #expect(!TextRule.isBucket(text)) }

    @Test(arguments: ["main", "v1.2", "feature/x", "0123456789abcdef0123456789abcdef01234567", "refs/heads/main"])
    func refIsTaken(text: String) { #expect(TextRule.isGitRef(text)) }

    @Test(arguments: [
        "", "-x", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "/a", "a/", "a//b", "a.lock", "a.", "@",
        "a@{1}",
    ])
    func refIsRefused(text: String) { #expect(!TextRule.isGitRef(text)) }

    @Test func idsHaveTheirPrefix() {
        #expect(TextRule.isID("ami-0abc", prefix: "ami-") && TextRule.isID("vpc-1", prefix: "vpc-"))
        for text in ["ami-", "ami", "AMI-1", "ami-0A", "ami-1-2", "xami-1"] {
            #expect(!TextRule.isID(text, prefix: "ami-"))
        }
    }

    @Test func environmentNamesAreThoseOfPOSIX() {
        for text in ["A", "_", "GIT_TOKEN", "a1"] { #expect(TextRule.isEnvironmentName(text)) }
        for text in ["", "1A", "A-B", "A B", "Ä", "A=B"] { #expect(!TextRule.isEnvironmentName(text)) }
    }

    // MARK: - Numbers, addresses, base64

    @Test func decimalNumbersHaveOneForm() {
        #expect(["0", "-3", "42", "-0"].map(DecimalText.integer) == [0, -3, 42, 0])
        for text in ["", "-", "+1", "01", "1.0", "1e3", "0x1", " 1", "1_0", "٣", "9999999999999999999"] {
            #expect(DecimalText.integer(text) == nil, "\(text)")
        }
        #expect(["0.5", "-2", "1e3", "1.5E-2"].map(DecimalText.number) == [0.5, -2, 1000, 0.015])
        for text in ["", ".5", "5.", "01.5", "1e", "1e9999", "nan", "inf", "0x1p3", "+1", "1 "] {
            #expect(DecimalText.number(text) == nil, "\(text)")
        }
    }

    @Test func addressIsTakenApart() throws {
        let address = try #require(WebAddress("HTTPS://me:pw@[2001:db8::1]:8443/a/b?c=d"))
        #expect(address.scheme == "https" && address.userinfo == "me:pw" && address.host == "2001:db8::1")
        #expect(address.port == 8443 && address.path == "/a/b" && address.query == "c=d")
        for text in [
            "", "https:/x", "://x", "1a://x", "http://h:0/", "http://h:65536/", "http://[::1/", "http://h/#f",
            "http://a b",
        ] {
            #expect(WebAddress(text) == nil, "\(text)")
        }
    }

    @Test func plainAddressIsAlwaysOneThatIsTakenApart() {
        for text in ["https://example.com", "http://a/", "https://a.b-c.1/x?y=z&w=%20", "http://h//"] {
            #expect(WebAddress.isPlain(text), "\(text)")
        }
        // Every text of up to three pieces after the scheme: what is plain must be a web address by its parts.
        let pieces = [
            "a", ".", "-", "/", "?", "#", ":", "80", "@", "[", "]", " ", "\u{7F}", "\u{301}", "é", "\n", "A", "",
        ]
        for scheme in ["http://", "https://", "HTTP://", "ftp://", "http:/", ""] {
            for first in pieces {
                for second in pieces {
                    for third in pieces {
                        let text = scheme + first + second + third
                        guard WebAddress.isPlain(text) else { continue }
                        let address = WebAddress(text)
                        #expect(address.map { ["http", "https"].contains($0.scheme) } == true, "\(text)")
                        #expect(address?.host.isEmpty == false && address?.userinfo == nil, "\(text)")
                    }
                }
            }
        }
    }

    @Test func loopbackIsThisMachineAlone() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.255.1.2", "[::1]"] {
            #expect(WebAddress("http://\(host)/")?.isLoopback == true, "\(host)")
        }
        for host in [
            "127.0.0.1.example.com", "localhost.example.com", "128.0.0.1", "127.0.0.256", "127.1", "[::2]",
            "example.com",
        ] {
            #expect(WebAddress("http://\(host)/")?.isLoopback == false, "\(host)")
        }
    }

    @Test func base64IsStrict() {
        #expect(Base64Text.decode("".utf8) == [] && Base64Text.decode("TWE=".utf8) == [77, 97])
        #expect(Base64Text.decode("TQ==".utf8) == [77] && Base64Text.decode("+/+/".utf8) == [251, 255, 191])
        for text in ["T", "TWE", "T===", "TW=E", "TW E", "TWE-"] {
            #expect(Base64Text.decode(text.utf8) == nil, "\(text)")
        }
    }

    @Test func quotationsMoveNoCursorAndStayShort() {
        #expect(Quotation.quoted("a\u{1B}[2J\nb") == "'a\\u{1b}[2J\\u{a}b'")
        #expect(Quotation.quoted("\u{202E}x") == "'\\u{202e}x'")
        #expect(Quotation.quoted(String(repeating: "x", count: 41)) == "'\(String(repeating: "x", count: 40))…'")
        #expect(Quotation.alternatives(["a", "b", "c"]) == "a, b or c" && Quotation.alternatives(["a"]) == "a")
    }
}
