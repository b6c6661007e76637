import FleetModel
import FoundationEssentials
import InstanceAgent
import Testing

struct ParametersDocumentTests {
    private let bot = Bot(
        name: "watch", source: "puppeteer", path: "watch.js",
        parameters: [
            BotParameter(name: "speed", type: .range, defaultValue: "5", minimum: 1, maximum: 9),
            BotParameter(name: "count", type: .integer), BotParameter(name: "ratio", type: .number),
            BotParameter(name: "headless", type: .boolean), BotParameter(name: "title", type: .string),
            BotParameter(name: "password", type: .password),
        ])

    private func document(_ parameters: [String: ParameterValue], bot: Bot?) -> ParametersDocument {
        let spec = InstanceSpec(
            region: "eu-west-1", user: "anna@example.com", bot: "watch", instanceTypes: ["t3.medium"], storageGB: 8,
            parameters: parameters, script: "watch.js", bundle: "abc")
        return ParametersDocument(version: 3, fleet: "acme", instance: "watch-1", spec: spec, bot: bot)
    }

    @Test func valuesTakeTheTypesOfTheBotsParameters() {
        let written = document(
            ["count": .text("12"), "ratio": .text("0.5"), "headless": .text("true"), "title": .text("007")], bot: bot)
        #expect(written.parameters["count"] == ["value": 12])
        #expect(written.parameters["ratio"] == ["value": .number(0.5)])
        #expect(written.parameters["headless"] == ["value": true])
        #expect(written.parameters["title"] == ["value": "007"])
    }

    @Test func defaultsFillInWhatADeploymentLeavesOut() {
        #expect(document([:], bot: bot).parameters == ["speed": ["value": 5]])
        #expect(document(["speed": .text("9")], bot: bot).parameters == ["speed": ["value": 9]])
    }

    @Test func secretsAreWrittenByTheirNamesAlone() {
        #expect(document(["password": .ssm("/bots/p")], bot: bot).parameters["password"] == ["ssm": "/bots/p"])
    }

    @Test func valuesOfAnUnknownBotAreStrings() {
        #expect(document(["count": .text("12")], bot: nil).parameters == ["count": ["value": "12"]])
    }

    @Test func hostileValuesArriveAsTheyAre() throws {
        let hostile = "'\"\n$(rm -rf /)\nEOF\n\u{1F600}\\ \u{0}" + String(repeating: "x", count: 65_536)
        let written = document(["title": .text(hostile)], bot: bot)
        let read = try CanonicalJSON.decode(ParametersDocument.self, from: try CanonicalJSON.encode(written))
        #expect(read.parameters["title"] == ["value": .string(hostile)])
        #expect(read == written)
    }

    @Test func keysInTheBucketAreThoseOfTheSpecification() {
        #expect(ParametersDocument.key(instance: "watch-1") == "instances/watch-1/params.json")
        #expect(ParametersDocument.bundleKey(digest: "abc") == "bundles/abc.tar.gz")
    }
}
