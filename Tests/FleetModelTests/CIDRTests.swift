import FleetModel
import Foundation
import Testing

@Suite struct CIDRTests {
    @Test(arguments: [
        ("203.0.113.7/32", "203.0.113.7/32"), ("203.0.113.7", "203.0.113.7/32"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.0/8", "10.0.0.0/8"), ("2001:DB8::/32", "2001:db8::/32"), ("::", "::/128"), ("::/0", "::/0"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1/128"),
        ("::ffff:192.0.2.1", "::ffff:c000:201/128"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128"),
    ])
    func aBlockIsWrittenInItsCanonicalForm(text: String, canonical: String) throws {
        let block = try CIDR(parsing: text)
        #expect(block.description == canonical)
        #expect(try CIDR(parsing: canonical) == block)
        #expect(block.isIPv6 == text.contains(":"))
        #expect(block.isEverything == canonical.hasSuffix("/0"))
        #expect(try CanonicalJSON.decode(CIDR.self, from: CanonicalJSON.encode(block)) == block)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/8/8",
        "10.0.0/8",
        "10.0.0.0.0", "256.0.0.0", "01.2.3.4", "1.2.3.4a", "1.2.3.", " 10.0.0.0/8", "::/129", ":::", "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", ":1:2:3:4:5:6:7", "12345::", "g::", "::+1", "::-0", "fe80::1%eth0",
        "::1.2.3",
        "1.2.3.4::", "10.0.0.0/255.0.0.0", "anywhere", "１.2.3.4", "::\u{0}",
    ])
    func anythingElseIsMalformed(text: String) {
        #expect(throws: CIDR.Failure.malformed) { try CIDR(parsing: text) }
    }

    @Test func hostBitsThatAreSetAreNamedWithTheNetworkThatWasMeant() {
        #expect(throws: CIDR.Failure.hostBitsSet(network: "203.0.113.0/24")) { try CIDR(parsing: "203.0.113.7/24") }
        #expect(throws: CIDR.Failure.hostBitsSet(network: "2001:db8::/32")) { try CIDR(parsing: "2001:db8::1/32") }
    }

    @Test func aRecordedBlockThatIsNoneIsADecodingError() {
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode(CIDR.self, from: #""10.0.0.1/8""#) }
    }

    @Test func generatedBlocksAreWhatPythonsIpaddressSaysTheyAre() throws {
        var generator = ModelGenerator(seed: 20_261_123)
        var texts = (0..<1500).map { _ in Self.text(using: &generator) }
        // Slips of the keyboard: a character more, less or another.
        texts += texts.prefix(700).map { text in
            var characters = Array(text)
            let place = Int.random(in: 0..<characters.count, using: &generator)
            let other = "0129afx:./".randomElement(using: &generator) ?? "x"
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: characters.remove(at: place)
            case 1: characters.insert(other, at: place)
            default: characters[place] = other
            }
            return String(characters)
        }
        let answers = try ModelOracle.answers(
            to: texts.map { #"{"kind":"cidr","text":"\#($0)"}"# })
        var kinds = (good: 0, host: 0, malformed: 0)
        for (text, answer) in zip(texts, answers) {
            let ours: JSONValue
            do {
                ours = .string(try CIDR(parsing: text).description)
                kinds.good += 1
            } catch {
                switch error {
                case .malformed:
                    ours = .null
                    kinds.malformed += 1
                case .hostBitsSet(let network):
                    ours = ["host_bits": .string(network)]
                    kinds.host += 1
                }
            }
            #expect(try CanonicalJSON.decode(JSONValue.self, from: answer) == ours, "'\(text)'")
        }
        #expect(kinds.good > 300 && kinds.host > 300 && kinds.malformed > 200, "\(kinds)")
    }

    /// An address of either family, often with runs of zeros, in one of its forms, with or without a prefix.
    private static func text(using generator: inout ModelGenerator) -> String {
        let isV6 = Bool.random(using: &generator)
        let width = isV6 ? 128 : 32
        let prefix = Int.random(in: 0...width, using: &generator)
        let isNetwork = Bool.random(using: &generator)
        var bits = (0..<width).map { index in
            (!isNetwork || index < prefix) && Int.random(in: 0..<3, using: &generator) == 0
        }
        if isV6, Bool.random(using: &generator) {
            let start = Int.random(in: 0..<7, using: &generator) * 16
            for index in start..<start + 32 { bits[index] = false }
        }
        let bytes = stride(from: 0, to: width, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
        let suffix = Int.random(in: 0..<4, using: &generator) == 0 ? "" : "/\(prefix)"
        guard isV6 else { return bytes.map { String($0) }.joined(separator: ".") + suffix }
        let groups = (0..<8).map { String(bytes[$0 * 2] << 8 | bytes[$0 * 2 + 1], radix: 16) }
        var text = groups.joined(separator: ":")
        if Bool.random(using: &generator), let zeros = text.range(of: ":0:0:") {
            text.replaceSubrange(zeros, with: "::")
        }
        return text + suffix
    }
}
