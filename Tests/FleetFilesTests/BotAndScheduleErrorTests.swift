import Diagnostics
import FleetFiles
import FleetModel
import Testing

/// Wrong files of bots/ and schedules/, each with its exact message and position.
@Suite struct BotAndScheduleErrorTests {
    // MARK: - Sources

    @Test(arguments: [
        (
            "ftp://example.com/x.git",
            "'ftp':// can't be fetched; use https, ssh, file or a path relative to this repository"
        ),
        ("http://git.example.com/x.git", "http:// is for loopback only; use https://"),
        (
            "https://me:hunter2@git.example.com/x.git",
            "a url never holds credentials; use 'auth' with {env: NAME}, or ssh-agent"
        ),
        (
            "https://hunter2@git.example.com/x.git",
            "a url never holds credentials; use 'auth' with {env: NAME}, or ssh-agent"
        ),
        ("https://git.example.com/x.git?token=hunter2", "a url has no query; credentials belong to 'auth'"),
        (
            "ssh://git:hunter2@git.example.com/x.git",
            "a url never holds credentials; use 'auth' with {env: NAME}, or ssh-agent"
        ),
        ("https:///x.git", "this url names no host or no repository"),
        ("file://srv/x.git", "a file url has three slashes: file:///srv/git/bots.git"),
        ("/srv/git/x.git", "write an absolute path as file:///srv/git/x.git"),
        ("~/x.git", "'~' has no meaning here; write file:///…"),
        ("git.example.com:x.git", "write ssh://git@host/path or git@host:path"),
        ("https://git.example.com/a b.git", "a url has no blanks in it"),
    ])
    func sourceAddressIsRefused(url: String, why: String) async throws {
        try await expectErrors(in: "bots/puppeteer.yaml", "source: puppeteer\nurl: 1️⃣\"\(url)\"\n", "'url': \(why)")
    }

    @Test(arguments: [
        "https://git.example.com/x.git", "https://git.example.com:8443/x", "ssh://git@git.example.com/x.git",
        "git@git.example.com:acme/x.git", "file:///srv/git/x.git", ".sandbox/x.git", "../x",
        "http://127.0.0.1:8000/x.git",
        "http://localhost/x.git", "http://[::1]:80/x.git",
    ])
    func sourceAddressIsTaken(url: String) async throws {
        try await expectErrors(in: "bots/puppeteer.yaml", "source: puppeteer\nurl: \"\(url)\"\n")
    }

    @Test func sourceFieldsAreChecked() async throws {
        try await expectErrors(
            in: "bots/puppeteer.yaml",
            """
            source: 1️⃣custom
            url: https://git.example.com/x.git
            ref: 2️⃣-main
            auth: {token: 3️⃣hunter2}
            ignore: [config.js, 4️⃣/etc]

            """,
            "the name 'custom' is kept for this repository's own bots",
            "'ref' must be a branch, tag or commit, not '-main'",
            "'token' never stands in a file; write {env: NAME} and set that environment variable",
            "'ignore' must be a glob relative to the repository, like test/*, not '/etc'")
        try await expectErrors(
            in: "bots/puppeteer.yaml", "source: p\nurl: git@h:x\nauth: {token: 1️⃣{env: T}}\n",
            "a token is for https urls; ssh takes 'ssh_key_file' or ssh-agent")
        try await expectErrors(
            in: "bots/puppeteer.yaml", "source: p\nurl: https://h/x\nauth: {token: {env: T}, 1️⃣ssh_key_file: k}\n",
            "'token' and 'ssh_key_file' exclude each other; keep one")
    }

    // MARK: - Custom bots

    @Test func documentIsASourceOrABot() async throws {
        try await expectErrors(
            in: "bots/puppeteer.yaml", "source: p\n1️⃣bot: b\n",
            "a document is either a 'source' or a 'bot'; put the second below a line '---'")
        try await expectErrors(
            in: "bots/puppeteer.yaml", "1️⃣url: x\n",
            "missing key 'source' (a git repository of bots) or 'bot' (a custom bot)")
        try await expectErrors(
            in: "bots/puppeteer.yaml", "bot: b\nscript: 1️⃣b.js\n2️⃣url: x\n", "there is no file 'bots/b.js'",
            "unknown key 'url'; keys here: bot, script, package")
    }

    @Test func customBotsFilesMustBeThereAndInside() async throws {
        try await expectErrors(
            in: "bots/b.yaml", "bot: b\nscript: 1️⃣b/b.js\npackage: 2️⃣../../package.json\n",
            "there is no file 'bots/b/b.js'",
            "'../../package.json' leaves the repository; put the file itself into it")
        try await expectErrors(
            in: "bots/b.yaml", "bot: b\nscript: 1️⃣b.py\n---\nbot: c\nscript: 2️⃣/etc/c.js\n",
            "'script' takes a .js file, not 'b.py'",
            "'script' takes a path relative to this file, not an absolute one")
    }

    @Test func customBotsFilesAreReadAsBytes() async throws {
        let loaded = try await FleetFolder.small.with(
            "bots/more/b.yaml", "bot: b\nscript: ./b/../b/b.js\npackage: package.json\n"
        )
        .with("bots/more/b/b.js", bytes: [0x2F, 0x2F, 0xFF]).with("bots/more/package.json", "{}\n").load()
        #expect(loaded.diagnostics.isEmpty)
        let bot = try #require(loaded.repository?.customBots.first).value
        #expect(bot.script.path == "bots/more/b/b.js" && bot.script.bytes == [0x2F, 0x2F, 0xFF])
        #expect(bot.package?.path == "bots/more/package.json")
    }

    @Test func lockFileBesideAPackageIsReadWithIt() async throws {
        let folder = FleetFolder.small.with("bots/b.yaml", "bot: b\nscript: b.js\npackage: package.json\n")
            .with("bots/b.js", "//").with("bots/package.json", "{}\n")
        #expect(try await folder.load().repository?.customBots.first?.value.lock == nil)
        let locked = try await folder.with("bots/package-lock.json", "{ }\n").load()
        #expect(locked.diagnostics.isEmpty)
        let lock = try #require(locked.repository?.customBots.first?.value.lock)
        #expect(lock.path == "bots/package-lock.json" && lock.bytes == Array("{ }\n".utf8))
    }

    @Test func namesOfTwoFilesAreToldWithTheFirstPlace() async throws {
        let folder = FleetFolder.small.with("bots/a.js", "//").with("bots/a.yaml", "bot: watch\nscript: a.js\n")
        try await expectErrors(
            in: "bots/b.yaml", "bot: 1️⃣watch\nscript: a.js\n", "bot 'watch' is declared already at bots/a.yaml:1:6",
            beside: folder)
    }

    // MARK: - Schedules

    private func expectSchedule(
        _ marked: String, _ messages: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let file = MarkedFile("name: x\n" + marked)
        let loaded = try await FleetFolder.small.with("schedules/x.yaml", file.text).load()
        let wanted = zip(file.marks, messages).map { "schedules/x.yaml:\($0): error: \($1)" }
        #expect(loaded.diagnostics.map(\.description) == wanted, sourceLocation: sourceLocation)
        #expect(file.marks.count == messages.count, "a marker for each message", sourceLocation: sourceLocation)
    }

    @Test func timesAreHoursAndMinutes() async throws {
        try await expectSchedule(
            "week: [{days: mon, start: 1️⃣8:00, stop: 2️⃣25:00}, {days: tue, start: 3️⃣\"24:00\", stop: 24:00}]\n",
            "'start' takes a time from 00:00 to 23:59, not '8:00' (write 08:00)",
            "'stop' takes a time from 00:00 to 24:00, not '25:00'",
            "24:00 is only for 'stop'; write 00:00 and the next day")
    }

    @Test func daysAndMonthsAreThreeLetters() async throws {
        try await expectSchedule(
            """
            week:
              - {days: 1️⃣monday, start: 08:00}
              - {days: [mon, 2️⃣tus], start: 08:00}
              - {days: "3️⃣mon#6", start: 08:00}
              - {days: 4️⃣"mon,tue", start: 08:00}
              - {days: MON-Fri, months: 5️⃣june, start: 08:00}
              - {days: 6️⃣mon-fri-sun, monthdays: [7️⃣0, 8️⃣32, 9️⃣01], start: 08:00}

            """.replacing("\"3️⃣mon", with: "3️⃣\"mon"),
            "'monday' is not among 'days' (did you mean 'mon'?)",
            "'tus' is not among 'days' (did you mean 'sun'?)".replacing("sun", with: "tue"),
            "after '#' comes 1 to 5 or last, not '6'", "write a list: [mon,tue]",
            "'june' is not among 'months' (did you mean 'jun'?)", "'mon-fri-sun' is not a range like mon-wed",
            "'monthdays' takes 1 to 31, last, or a range like 10-15, not '0'",
            "'monthdays' takes 1 to 31, last, or a range like 10-15, not '32'",
            "'monthdays' takes 1 to 31, last, or a range like 10-15, not '01'")
    }

    @Test func entriesNeedDaysAndATime() async throws {
        try await expectSchedule(
            "week:\n  - 1️⃣{start: 08:00}\n  - 2️⃣{days: mon}\n  - 3️⃣mon-fri\n", "missing key 'days'",
            "missing key 'start' or 'stop'",
            "'week' takes keys and values, like {days: mon-fri, start: \"08:00\", stop: \"18:30\"}, not the text 'mon-fri'"
        )
        let loaded = try await FleetFolder.small.with("schedules/x.yaml", "name: x\n").load()
        #expect(
            loaded.diagnostics.map(\.description) == ["schedules/x.yaml:1:1: error: missing key 'week' or 'exceptions'"]
        )
    }

    @Test func exceptionsAreDaysThatDoNotOverlap() async throws {
        try await expectSchedule(
            """
            exceptions:
              - {dates: 2026-12-24..2026-12-26, state: stopped}
              - {dates: 1️⃣2026-12-26, state: running}
              - {dates: 2️⃣2026-12-31..2026-12-30, state: stopped}
              - {dates: 3️⃣2026-02-29, state: 4️⃣closed}
              - {dates: 2026-12-27, state: unmanaged}

            """,
            "2026-12-26 is covered by another exception already (line 3)",
            "this range ends before it begins (did you mean 2026-12-30..2026-12-31?)",
            "'dates' takes a day or a range like 2026-12-24..2026-12-26, not '2026-02-29'",
            "'state' is stopped, running or unmanaged, not 'closed'")
    }

    @Test func emptyWeekAndWrongZoneAreTold() async throws {
        try await expectSchedule(
            "timezone: 1️⃣Europe/berlin\nweek: 2️⃣[]\nenforce: 3️⃣\"on\"\n",
            "no time zone is named 'Europe/berlin' (did you mean 'Europe/Berlin'?)",
            "'week' is an empty list; remove the key",
            "'enforce' is true or false, not 'on' (did you mean true?)")
    }

    // MARK: - Across files

    @Test func nameOfAnothersInstanceIsTold() async throws {
        try await expectErrors(
            in: "fleet/deployments/z.yaml",
            "name: 1️⃣watch-2\nuser: anna@example.com\nbot: b\n---\nname: watch-9\nuser: anna@example.com\nbot: b\n",
            "'watch-2' is the name of an instance of deployment 'watch' (fleet/deployments/watch.yaml:1:7)",
            beside: FleetFolder.small.with(
                "fleet/deployments/watch.yaml", "name: watch\nuser: anna@example.com\nbot: b\ncount: 3\n"))
    }

    @Test func brokenListMakesNoEchoInOtherFiles() async throws {
        try await expectErrors(
            in: "fleet/users.yaml",
            "- {email: anna@example.com, timezone: UTC\n1️⃣".replacing("- {", with: "- 1️⃣{").replacing("\n1️⃣", with: "\n"),
            "this '{' is never closed")
        try await expectErrors(
            in: "schedules/office-hours.yaml", "name: 1️⃣Office Hours\nweek: [{days: mon, start: \"08:00\"}]\n",
            "'Office Hours' can't name a schedule: a-z, 0-9 and '-' within, at most 63 characters (did you mean 'office-hours'?)",
            beside: FleetFolder.small.with(
                "fleet/deployments/watch.yaml", "name: watch\nuser: anna@example.com\nbot: b\nschedule: office-hours\n")
        )
    }
}
