import Diagnostics
import FleetFiles
import FleetModel
import Testing

/// Deployments against the bots that are known.
@Suite struct BotCheckTests {
    private static let bot = Bot(
        name: "page-watch", source: "puppeteer", path: "page-watch.js",
        parameters: [
            BotParameter(name: "username", type: .string),
            BotParameter(name: "password", type: .password),
            BotParameter(name: "url", type: .url, required: false),
            BotParameter(name: "speed", type: .range, defaultValue: "5", minimum: 1, maximum: 9),
            BotParameter(name: "pages", type: .integer, required: false),
            BotParameter(name: "ratio", type: .number, required: false),
            BotParameter(name: "send", type: .boolean, required: false),
            BotParameter(name: "device", type: .select, required: false, options: ["desktop", "phone"]),
        ])

    /// What is said about a deployment of the bot with these lines after its head.
    private func expect(
        _ marked: String, _ messages: String..., view: BotCatalogueView = BotCatalogueView(bots: [bot]),
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let file = MarkedFile(marked)
        let loaded = try await FleetFolder.small.with("fleet/deployments/watch.yaml", file.text).load()
        #expect(loaded.diagnostics == [], sourceLocation: sourceLocation)
        let repository = try #require(loaded.repository, sourceLocation: sourceLocation)
        let found = checkBots(repository, catalogue: view).map(\.description)
        let wanted = zip(file.marks, messages).map { "fleet/deployments/watch.yaml:\($0): \($1)" }
        #expect(found == wanted, sourceLocation: sourceLocation)
        #expect(file.marks.count == messages.count, sourceLocation: sourceLocation)
    }

    private let head = "name: watch\nuser: anna@example.com\nbot: page-watch\n"

    @Test func rightParametersAreTaken() async throws {
        try await expect(
            head + """
                parameters: {username: anna, password: {ssm: /p}, url: "https://example.com/?q=1", speed: "9", pages: -3,
                  ratio: 1.5e3, send: "true", device: phone}

                """)
        try await expect(
            head + "parameters: {username: {ssm: /u}, password: {ssm: p}, speed: {ssm: /s}, pages: {ssm: /x}}\n")
    }

    @Test func unknownBotListsTheKnownOnes() async throws {
        try await expect(
            "name: watch\nuser: anna@example.com\nbot: 1️⃣linkedin\n",
            "error: no bot is named 'linkedin'; bots: page-watch")
        try await expect(
            "name: watch\nuser: anna@example.com\nbot: 1️⃣page-wach\n",
            "error: no bot is named 'page-wach' (did you mean 'page-watch'?)")
    }

    @Test func unknownBotIsAWarningWhileASourceIsUnread() async throws {
        try await expect(
            "name: watch\nuser: anna@example.com\nbot: 1️⃣linkedin\n",
            "warning: bot 'linkedin' could not be checked: unread sources are puppeteer",
            view: BotCatalogueView(bots: [Self.bot], uncheckedSources: ["puppeteer"]))
    }

    @Test func unknownParameterIsToldAtItsKey() async throws {
        try await expect(
            head + "parameters: {username: anna, password: {ssm: /p}, 1️⃣sped: 3, 2️⃣colour: red}\n",
            "error: bot 'page-watch' takes no parameter 'sped' (did you mean 'speed'?)",
            """
            error: bot 'page-watch' takes no parameter 'colour'; parameters: device, pages, password, ratio, send, speed, \
            url, username
            """)
    }

    @Test func missingParametersAreToldAtTheParametersOrTheBot() async throws {
        try await expect(
            head + "parameters: 1️⃣2️⃣{speed: 3}\n",
            "error: missing parameter 'password' of bot 'page-watch'; write {ssm: NAME}",
            "error: missing parameter 'username' of bot 'page-watch' (string)")
        try await expect(
            "name: watch\nuser: anna@example.com\nbot: 1️⃣2️⃣page-watch\n",
            "error: missing parameter 'password' of bot 'page-watch'; write {ssm: NAME}",
            "error: missing parameter 'username' of bot 'page-watch' (string)")
    }

    @Test func wrongTypesAndRangesAreToldAtTheValue() async throws {
        try await expect(
            head + """
                parameters:
                  username: anna
                  password: {ssm: /p}
                  url: 1️⃣example.com
                  speed: 2️⃣10
                  pages: 3️⃣1.5
                  ratio: 4️⃣half
                  send: 5️⃣yes
                  device: 6️⃣phon

                """,
            "error: parameter 'url' takes a url like https://example.com, not 'example.com'",
            "error: parameter 'speed' takes a number from 1 to 9, not 10",
            "error: parameter 'pages' takes a whole number, not '1.5'",
            "error: parameter 'ratio' takes a number, not 'half'",
            "error: parameter 'send' is true or false, not 'yes'",
            "error: parameter 'device' has no option 'phon' (did you mean 'phone'?)")
        try await expect(
            head + "parameters: {username: anna, password: {ssm: /p}, speed: 1️⃣fast}\n",
            "error: parameter 'speed' takes a number from 1 to 9, not 'fast'")
    }

    @Test func passwordInAFileIsAnErrorThatDoesNotQuoteIt() async throws {
        try await expect(
            head + "parameters: {username: anna, password: 1️⃣hunter2}\n",
            "error: parameter 'password' is a password, which never stands in a file; write {ssm: NAME}")
    }

    @Test func botOfTwoSourcesIsToldAtTheSecond() async throws {
        let folder = FleetFolder.small.with("bots/z.yaml", "source: zoo\nurl: zoo.git\n")
        let repository = try #require(try await folder.load().repository)
        var second = Self.bot
        second.source = "zoo"
        second.path = "x.js"
        let optional = Bot(name: "page-watch", source: "puppeteer", path: "page-watch.js")
        second.parameters = []
        #expect(
            checkBots(repository, catalogue: BotCatalogueView(bots: [second, optional])).map(\.description) == [
                "bots/z.yaml:1:9: error: bot 'page-watch' is defined twice: by page-watch.js of source 'puppeteer' and by x.js of source 'zoo'"
            ])
    }
}
