import BotCatalog
import Diagnostics
import FleetModel
import FleetTestSupport
import Foundation
import Testing

@Suite struct CustomBotTests {
    private let reader = BotCatalogReader(folder: "/nonexistent", cacheFolder: "/nonexistent/cache", environment: [:])

    private func custom(_ script: String, package: String? = nil) -> CustomBot {
        CustomBot(
            name: "price-watch",
            script: CustomBot.File(path: "bots/price-watch/price-watch.custom.js", bytes: Array(script.utf8)),
            package: package.map { CustomBot.File(path: "bots/price-watch/package.json", bytes: Array($0.utf8)) })
    }

    @Test func customBotIsReadFromItsBytes() throws {
        let reading = reader.read(
            custom(SourceFixture.bot("price-watch", params: #"[{"name": "url", "type": "url"}]"#)))
        #expect(reading.diagnostics == [])
        #expect(reading.commit == nil)
        let bot = try #require(reading.bots.first).bot
        #expect(bot.source == Bot.customSource)
        #expect(bot.path == "price-watch.custom.js")
        #expect(bot.commit == nil)
        #expect(bot.parameters.map(\.name) == ["url"])
    }

    @Test func bundleHoldsScriptPackageAndLockSideBySide() async throws {
        let lock = CustomBot.File(path: "bots/price-watch/package-lock.json", bytes: Array("{\"lock\": 1}".utf8))
        var bot = custom(SourceFixture.bot("price-watch"), package: "{}")
        bot.lock = lock
        let reading = reader.read(bot)
        let bundle = try await reader.bundle(try #require(reading.bots.first))
        #expect(bundle.script == "price-watch.custom.js")
        #expect(bundle.hasPackage)
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "b.tar.gz")
            try Data(bundle.archive).write(to: file)
            let names = try await succeed(["tar", "-tzf", file.path])
            #expect(names == "package-lock.json\npackage.json\nprice-watch.custom.js\n")
        }
    }

    @Test func keyFollowsEveryByte() throws {
        func key(_ script: String, package: String? = nil) throws -> String {
            try #require(reader.read(custom(script, package: package)).bots.first).bundleKey
        }
        let script = SourceFixture.bot("price-watch")
        #expect(try key(script) == key(script))
        #expect(try key(script) != key(script + " "))
        #expect(try key(script) != key(script, package: "{}"))
        #expect(try key(script, package: "{}") != key(script, package: "{ }"))
    }

    @Test func scriptWithoutBlocksIsAnError() {
        let reading = reader.read(custom("main();"))
        #expect(reading.bots == [])
        #expect(
            reading.diagnostics.map(\.description) == [
                "bots/price-watch/price-watch.custom.js:1:1: error: no ABOUT and no PARAMS comment "
                    + "(bot 'price-watch' needs both at the head of its script)"
            ])
    }

    @Test func brokenBlockIsAnErrorAtItsPlace() {
        let reading = reader.read(custom(SourceFixture.bot("price-watch", params: "[{]")))
        #expect(reading.bots == [])
        #expect(
            reading.diagnostics.map(\.description) == [
                "bots/price-watch/price-watch.custom.js:5:3: error: PARAMS: expected a key in double quotes, found ']'"
            ])
    }

    @Test func missingBlockIsAnError() {
        let reading = reader.read(custom("/** ABOUT {\"name\": \"price-watch\"} */"))
        #expect(reading.bots == [])
        #expect(
            reading.diagnostics.map(\.description) == [
                "bots/price-watch/price-watch.custom.js:1:1: error: there is an ABOUT block but no PARAMS block"
            ])
    }

    @Test func nameOtherThanTheDocumentsIsAnError() {
        let reading = reader.read(custom(SourceFixture.bot("other")))
        #expect(reading.bots == [])
        #expect(
            reading.diagnostics.map(\.message) == [
                "ABOUT calls this bot 'other', its document calls it 'price-watch'"
            ])
    }
}
