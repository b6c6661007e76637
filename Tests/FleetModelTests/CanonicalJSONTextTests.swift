import FleetModel
import Testing

/// What is written straight into text is what `JSONEncoder` makes of the same value.
@Suite struct CanonicalJSONTextTests {
    /// In a generic function the general `encode` is chosen, which goes by way of `JSONEncoder`.
    private func encoded(_ value: some Encodable) throws -> String { try CanonicalJSON.encode(value) }

    private func expectSame(_ deployment: Deployment, at location: SourceLocation = #_sourceLocation) throws {
        #expect(try CanonicalJSON.encode(deployment) == encoded(deployment), sourceLocation: location)
    }

    private func expectSame(_ spec: InstanceSpec, at location: SourceLocation = #_sourceLocation) throws {
        #expect(try CanonicalJSON.encode(spec) == encoded(spec), sourceLocation: location)
    }

    @Test func deploymentWithNothingButItsNamesIsTheSameText() throws {
        let deployment = Deployment(name: "watch", user: "anna@example.com", bot: "page-watch")
        try expectSame(deployment)
        let text = """
            {"bot":"page-watch","count":1,"drift":"fix","instance_type":[],"name":"watch","parameters":{},\
            "protect":false,"state":"running","user":"anna@example.com","when_lost":"report"}
            """
        #expect(try CanonicalJSON.encode(deployment) == text)
    }

    @Test func deploymentWithEveryMemberIsTheSameText() throws {
        var deployment = Deployment(name: "watch", user: "anna@example.com", bot: "page-watch")
        deployment.region = "eu-west-1"
        deployment.count = 100_000
        deployment.instanceTypes = ["t3.medium", "t3.large"]
        deployment.storageGB = 64
        deployment.image = "ami-0abc"
        deployment.power = .schedule("office-hours")
        deployment.parameters = ["b": .text("2"), "a10": .ssm("/bots/a"), "a9": .text(""), "B": .text("x")]
        deployment.whenLost = .restore
        deployment.protect = true
        deployment.hold = Hold(state: .stopped, until: LocalDateTime("2026-12-01T08:00"), reason: "a \"reason\"")
        deployment.drift = .report
        deployment.instanceProfile = "acme-bot"
        try expectSame(deployment)
        deployment.power = .state(.stopped)
        deployment.hold = Hold(state: .running)
        try expectSame(deployment)
    }

    @Test func specWithAndWithoutItsOptionalMembersIsTheSameText() throws {
        var spec = InstanceSpec(
            region: "eu-west-1", user: "anna@example.com", bot: "page-watch", instanceTypes: ["t3.medium"],
            storageGB: 32, script: "watch/page.js", bundle: "0f")
        try expectSame(spec)
        spec.image = "ami-0abc"
        spec.instanceProfile = "acme-bot"
        spec.bootScript = "ff"
        spec.protect = true
        spec.instanceTypes.append("m7i.large")
        spec.parameters = ["url": .text("https://example.com/?a=1&b=2"), "password": .ssm("/bots/password")]
        try expectSame(spec)
    }

    @Test(arguments: 0..<0x100) func everyCharacterOfLatin1InTextsAndNamesIsTheSameText(_ number: Int) throws {
        let text = "a\(Character(try #require(Unicode.Scalar(number))))b"
        var deployment = Deployment(name: text, user: text, bot: text)
        deployment.instanceTypes = [text, ""]
        deployment.parameters = [text: .text(text), "": .ssm(text)]
        try expectSame(deployment)
    }

    /// Names whose order by bytes, by scalars, by UTF-16 and by the alphabet are not the same, and combining marks.
    @Test func parametersStandInTheOrderOfTheEncoder() throws {
        let names = [
            "a10", "a9", "B", "_", "á", "z", "Z", "a\u{301}b", "\u{1F600}", "\u{FFFD}", "e\u{301}", "é2", "\u{2028}",
            "",
        ]
        var deployment = Deployment(name: "watch", user: "anna@example.com", bot: "page-watch")
        for count in 1...names.count {
            deployment.parameters = Dictionary(
                uniqueKeysWithValues: names.prefix(count).map { ($0, .text($0)) })
            try expectSame(deployment)
        }
    }

    @Test func whatIsWrittenReadsBackAsTheSameValue() throws {
        var spec = InstanceSpec(
            region: "r", user: "u", bot: "b", instanceTypes: ["t"], storageGB: -1, script: "\u{0}\\", bundle: "\"")
        spec.parameters = ["\n": .text("\u{1F}\u{7F}\u{85}")]
        #expect(try CanonicalJSON.decode(InstanceSpec.self, from: CanonicalJSON.encode(spec)) == spec)
    }
}
