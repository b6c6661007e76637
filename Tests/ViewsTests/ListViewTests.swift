import FleetModel
import FleetTestSupport
import Planning
import Scheduling
import Testing

@testable import Views

@Suite struct ListViewTests {
    private let context = ListContext(now: Samples.now)

    // MARK: Keys

    @Test func instancesHaveTheManualsKeys() throws {
        try expectKeys(
            Samples.instance("watch-1"),
            "name deployment user bot region state instance_id public_ip launched_at up_time_minutes total_up_time_minutes managed"
        )
    }

    @Test func sessionsHaveTheManualsKeys() throws {
        try expectKeys(sessions[0], "instance action scheduled_for executed_at outcome attempts source error")
    }

    @Test func botsHaveTheManualsKeys() throws { try expectKeys(bot, "name source path commit parameters") }

    @Test func objectsHaveTheManualsKeys() throws { try expectKeys(object, "instance path type size last_modified") }

    @Test func previewedTransitionsHaveTheManualsKeys() throws {
        let entry = Samples.entry("2026-03-29T03:00:00+02:00", .start)
        try expectKeys(entry, "at local action")
        #expect(
            ListView.list([entry], as: .json, in: context).replacing(#/\s/#, with: "")
                == "[{\"at\":\"2026-03-29T01:00:00Z\",\"local\":\"2026-03-29T03:00:00+02:00\",\"action\":\"start\"}]")
    }

    @Test func absentValuesAreNullAndTimesAreInUTC() throws {
        let bare = RecordedInstance(name: "stray", managed: false, region: "us-east-2", user: "anna@example.com")
        let objects = try CanonicalJSON.decode(
            [JSONValue].self, from: ListView.list([bare, Samples.instance("a-1")], as: .json, in: context))
        for key in ["deployment", "bot", "instance_id", "public_ip", "launched_at"] {
            #expect(objects[0][key] == .null)
        }
        #expect(objects[0]["managed"] == false && objects[0]["state"] == "planned")
        #expect(objects[1]["launched_at"] == "2026-11-23T03:48:00Z")
    }

    // MARK: Goldens

    @Test func instancesAreATable() {
        expectTable(
            [
                Samples.instance("linkedin-watch-1"), Samples.instance("linkedin-watch-10", .stopped, upFor: nil),
                Samples.instance("linkedin-watch-2", .lost),
                RecordedInstance(
                    name: "stray", managed: false, region: "us-east-2", user: "bert@example.com", state: .running),
            ], "list-instances")
    }

    @Test func sessionsAreATable() { expectTable(sessions, "list-sessions") }
    @Test func botsAreATable() {
        expectTable(
            [
                bot, BotRow(bot: Bot(name: "price-watch", source: "custom", path: "p.custom.js")),
                BotRow(
                    bot: Bot(name: "old", source: "puppeteer", path: "old.js"), status: .retired, deployments: ["a"]),
            ], "list-bots")
    }

    @Test func usersAreATable() throws {
        let grants = [
            AddressGrant(
                user: "anna@example.com", source: try CIDR(parsing: "198.51.100.1/32"), until: Samples.now + 3_600)
        ]
        let anna = User(
            email: "anna@example.com", name: "Anna Äußerst-Lang", timezone: "Europe/Berlin", region: "eu-west-1",
            allowedIPs: [try CIDR(parsing: "203.0.113.7/32"), try CIDR(parsing: "2001:db8::/32")])
        let ken = User(email: "ken@example.jp", name: "健一", timezone: "Asia/Tokyo", status: .suspended)
        expectTable(
            [
                UserRow(anna, instances: 3, running: 2, grants: grants), UserRow(ken, instances: 0, running: 0),
            ], "list-users")
        expectGolden(
            ListView.whole(UserRow(anna, instances: 3, running: 2, grants: grants), as: .table, in: context),
            "whole-user")
    }

    @Test func regionsAreATable() {
        expectTable(
            [
                RegionRow(
                    Region(name: "eu-west-1", limit: 20, defaultImage: .id("ami-0abc")), instances: 5, running: 3,
                    image: "ami-0abc", vcpuQuota: 64, vcpusByType: ["t3.medium": 6, "c5.large": 4],
                    syncedAt: Samples.now - 600),
                RegionRow(
                    Region(
                        name: "us-east-2",
                        defaultImage: .newest(
                            owner: "099720109477", name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"),
                        vpc: "vpc-1", subnets: ["subnet-1"], publicIP: true), instances: 0, running: 0),
            ], "list-regions")
    }

    @Test func imagesAreATable() {
        expectTable(
            [
                ImageRow(
                    region: "eu-west-1", imageID: "ami-0abc", name: "bots-2026-11", owner: "123456789012",
                    architecture: "x86_64", createdAt: Samples.now - 864_000, isDefault: true),
                ImageRow(
                    region: "eu-west-1", imageID: "ami-0old", name: nil, owner: nil, architecture: nil, createdAt: nil,
                    isGone: true),
            ], "list-images")
    }

    @Test func schedulesAreATable() {
        let week = [
            ScheduleEntry(
                days: [.every(.mon), .every(.tue), .every(.wed), .every(.thu), .every(.fri)], start: LocalTime("08:00"),
                stop: LocalTime("18:30")),
            ScheduleEntry(days: [.every(.sat), .every(.sun)], start: LocalTime("22:00"), stop: LocalTime("02:00")),
            ScheduleEntry(days: Weekday.allCases.map { .every($0) }, stop: LocalTime("23:30")),
            ScheduleEntry(
                days: [.nth(.mon, 1)], months: [1, 4], monthdays: [.day(1), .last], start: LocalTime("05:00")),
        ]
        let day = LocalDate("2026-12-24") ?? LocalDate(daysSinceEpoch: 0)
        let office = Schedule(
            name: "office-hours", timezone: "Europe/Berlin", week: week,
            exceptions: [ScheduleException(first: day, last: day, state: .stopped)], enforce: true)
        let next = Transition(at: Samples.now + 5_400, action: .stop)
        let wanted = WantedPower(state: .running, reason: .schedule("office-hours"), until: next.at, next: next)
        let rows = [
            ScheduleRow(office, deployments: ["watch-10", "watch-2"], wanted: wanted, next: next),
            ScheduleRow(Schedule(name: "nights", week: [week[1]]), deployments: []),
        ]
        expectTable(rows, "list-schedules")
        expectGolden(ListView.whole(rows[0], as: .table, in: context), "whole-schedule")
    }

    @Test func deploymentsAreATable() {
        expectTable(deployments, "list-deployments")
        expectGolden(ListView.whole(deployments[0], as: .table, in: context), "whole-deployment")
        expectGolden(ListView.whole(deployments[0], as: .json, in: context), "whole-deployment-json")
    }

    @Test func eventsAreATable() {
        expectTable(
            [
                EventRow(
                    id: 41, at: Samples.now - 30,
                    event: Event(
                        type: "InstanceLaunched", subject: "instance.watch-1",
                        payload: ["instance_id": "i-0abc", "state": "running"])),
                EventRow(id: 42, at: Samples.now, event: Event(type: "ApplyFinished", subject: "apply.17")),
            ], "list-events")
    }

    @Test func appliesAreATable() {
        expectTable([apply(.succeeded), apply(.failed, error: "1 of 3 changes failed")], "list-applies")
    }

    @Test func dutiesAreATable() {
        let holder = LeaseHolder(id: "x", host: "runner-a", pid: 4_711, user: "bots", purpose: "botfleet run")
        expectTable(
            [
                DutyRow(
                    name: "instance:sync", region: "eu-west-1", every: .minutes(5), lastRunAt: Samples.now - 61,
                    outcome: "succeeded", holder: holder,
                    nextAt: Samples.now + 239),
                DutyRow(
                    name: "gitops", region: nil, every: .minutes(1), lastRunAt: Samples.now - 10, outcome: "failed",
                    error: "cannot fetch https://git.example.com"),
                DutyRow(name: "bots:sync-local", region: nil, every: .days(1)),
            ], "list-duties")
    }

    @Test func objectsMigrationsAndChecksAreTables() {
        expectTable([object], "list-objects")
        expectTable(
            [
                MigrationRow(name: "0001_initial", state: .applied), MigrationRow(name: "0002_work", state: .pending),
                MigrationRow(name: "0003_more", state: .halfRun),
            ], "list-migrations")
        expectTable(
            [
                CheckRow(.passed, "database", "MariaDB 10.11.6 at 127.0.0.1:3306"),
                CheckRow(.warned, "clock", "12 s behind AWS", hint: "run an NTP client"),
                CheckRow(.failed, "bucket", "acme-bots does not exist", hint: "make it in eu-west-1"),
            ], "list-checks")
    }

    @Test func oneInstanceIsShownWhole() throws {
        expectGolden(ListView.whole(Samples.instance("watch-1"), as: .table, in: context), "whole-instance")
        let object = try CanonicalJSON.decode(
            JSONValue.self, from: ListView.whole(Samples.instance("watch-1"), as: .json, in: context))
        #expect(object["instance_type"] == "t3.medium" && object["last_error"] == .null && object["name"] == "watch-1")
    }

    @Test func oneBotIsShownWhole() { expectGolden(ListView.whole(bot, as: .table, in: context), "whole-bot") }

    // MARK: None, many, hostile

    @Test func noneIsSaidInATableAndAnEmptyArrayInJSON() {
        #expect(ListView.list([Session](), as: .table, in: context) == "No sessions.\n")
        #expect(ListView.list([Session](), as: .json, in: context) == "[]\n")
    }

    @Test func tableIsAlignedHoweverManyRowsItHas() {
        let rows = (1...500).map { Samples.instance("watch-\($0)", InstanceState.allCases[$0 % 8]) }
        let lines = ListView.list(rows, as: .table, in: context).split(separator: "\n")
        #expect(lines.count == 501)
        let column =
            lines[0].ranges(of: "REGION").first.map { lines[0].distance(from: lines[0].startIndex, to: $0.lowerBound) }
            ?? 0
        #expect(lines.dropFirst().allSatisfy { $0.dropFirst(column).hasPrefix("eu-west-1  ") })
    }

    @Test func linesStayWithinAHundredCellsWhereOnlyElasticColumnsAreLong() {
        var row = Samples.instance("watch-1")
        row.user = "somebody.with.a.very.long.name@department.example.com"
        row.bot = String(repeating: "漢字", count: 30)
        let lines = ListView.list([row, Samples.instance("watch-2")], as: .table, in: context).split(separator: "\n")
        #expect(lines.allSatisfy { CellWidth.of(String($0)) <= 100 })
        #expect(lines[1].contains("…"))
        let whole = ListView.list(
            [row], as: .table, in: ListContext(now: Samples.now, style: Style(color: false, width: .max)))
        #expect(whole.contains(row.user) && whole.contains(row.bot ?? "?"))
    }

    @Test func namesAndAddressesAreNeverCut() {
        let name = String(repeating: "n", count: 63)
        var row = Samples.instance(name)
        row.publicIP = "2001:db8:1111:2222:3333:4444:5555:6666"
        let text = ListView.list(
            [row], as: .table, in: ListContext(now: Samples.now, style: Style(color: false, width: 40)))
        #expect(text.contains(name) && text.contains(row.publicIP ?? "?"))
    }

    @Test func coloursTakenAwayLeaveThePlainTable() {
        let rows = [Samples.instance("a-1"), Samples.instance("a-2", .lost)]
        let colored = ListView.list(rows, as: .table, in: ListContext(now: Samples.now, style: Style(color: true)))
        #expect(colored.contains("\u{1B}[32mrunning\u{1B}[0m"))
        #expect(colored.replacing(#/\u{1B}\[\d+m/#, with: "") == ListView.list(rows, as: .table, in: context))
    }

    @Test func hostileValuesReachNoTerminalInAnyForm() {
        var row = Samples.instance(Samples.hostile)
        row.bot = Samples.hostile
        row.lastError = Samples.hostile
        let event = EventRow(
            id: 1, at: Samples.now,
            event: Event(type: Samples.hostile, subject: Samples.hostile, payload: [.string(Samples.hostile)]))
        for format in ListFormat.allCases {
            #expect(isHarmless(ListView.list([row], as: format, in: context)))
            #expect(isHarmless(ListView.whole(row, as: format, in: context)))
            #expect(isHarmless(ListView.list([event], as: format, in: context)))
            #expect(isHarmless(ListView.whole(event, as: format, in: context)))
        }
    }

    // MARK: Rows

    private var sessions: [Session] {
        [
            Session(
                instance: "linkedin-watch-1", deployment: "linkedin-watch", user: "anna@example.com", action: .start,
                scheduledFor: Samples.now, executedAt: Samples.now + 12, outcome: .succeeded, attempts: 1,
                source: .schedule),
            Session(
                instance: "linkedin-watch-2", deployment: nil, user: "anna@example.com", action: .stop,
                scheduledFor: Samples.now,
                outcome: .failed, attempts: 12, source: .override,
                error: "InsufficientInstanceCapacity: we currently do not have sufficient t3.medium capacity"),
        ]
    }

    private var bot: BotRow {
        let bot = Bot(
            name: "linkedin-track-companies", source: "puppeteer", path: "linkedin/track.js", commit: Samples.commit,
            description: "Follows companies", platform: "Linkedin", icon: "fa-linkedin",
            parameters: [
                BotParameter(name: "username", type: .string, title: "User"),
                BotParameter(name: "password", type: .password),
                BotParameter(name: "speed", type: .range, defaultValue: "5", minimum: 1, maximum: 9),
                BotParameter(name: "mode", type: .select, required: false, options: ["a", "b"]),
            ])
        return BotRow(
            bot: bot, status: .changed, latestCommit: String(repeating: "5", count: 40), deployments: ["watch", "web"],
            instances: ["aa11": ["watch-1", "watch-2"], "bb22": ["web-1"]], bundle: "aa11")
    }

    @Test func objectsAreATreeOfTheirFolders() {
        var rows = [
            object,
            ObjectRow(
                instance: "watch-1", path: "output/screenshots/10.png", type: "screenshots", size: 2_345,
                lastModified: Samples.now - 4_000, link: "https://bucket.example/10.png?X-Amz-Signature=1"),
        ]
        for (path, type) in [
            ("output/logs/bot.log", "logs"), ("output/empty/", "folder"), ("odd//twice", "other"),
            ("a\u{1b}[31m", "other"),
        ] {
            rows.append(
                ObjectRow(instance: "watch-1", path: path, type: type, size: 12, lastModified: Samples.now - 7_200))
        }
        expectGolden(ObjectTree.text(rows, in: context), "object-tree")
        #expect(ObjectTree.text([], in: context) == "No objects.\n")
    }

    private var object: ObjectRow {
        ObjectRow(
            instance: "watch-1", path: "output/screenshots/1.png", type: "screenshots", size: 123_456,
            lastModified: Samples.now - 90)
    }

    private var deployments: [DeploymentRow] {
        [
            DeploymentRow(
                Deployment(
                    name: "linkedin-watch", user: "anna@example.com", bot: "linkedin-track-companies", count: 3,
                    instanceTypes: ["t3.medium", "t3.large"],
                    power: .schedule("office-hours"),
                    parameters: ["speed": .text("5"), "password": .ssm("/bots/linkedin/password")],
                    hold: Hold(state: .stopped, until: LocalDateTime("2026-12-01T08:00"), reason: "site under repair")),
                region: "eu-west-1",
                states: [.running: 2, .lost: 1], power: "running by office-hours until Mon 18:30",
                next: Transition(at: Samples.now + 3_600, action: .stop)),
            DeploymentRow(
                Deployment(
                    name: "price", user: "ken@example.jp", bot: "price-watch", power: .state(.stopped), protect: true),
                region: "us-east-2",
                states: [.stopped: 1], power: "stopped by its state"),
        ]
    }

    private func apply(_ outcome: ApplyRecord.Outcome, error: String? = nil) -> ApplyRow {
        ApplyRow(
            id: 17,
            record: ApplyRecord(
                author: "Anna <anna@example.com>", operatorName: "anna@laptop", commit: Samples.commit,
                dirty: error != nil,
                summary: ["create": 3], outcome: outcome, error: error), startedAt: Samples.now - 100,
            finishedAt: Samples.now - 40)
    }

    private func expectTable<Row: Listable>(
        _ rows: [Row], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectGolden(ListView.list(rows, as: .table, in: context), name, sourceLocation: sourceLocation)
    }

    private func expectKeys<Row: Listable>(
        _ row: Row, _ keys: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = ListView.list([row], as: .json, in: context)
        let object = try #require(try CanonicalJSON.decode([JSONValue].self, from: text).first)
        guard case .object(let members) = object else {
            Issue.record("not an object", sourceLocation: sourceLocation)
            return
        }
        #expect(
            members.keys.sorted() == keys.split(separator: " ").map(String.init).sorted(),
            sourceLocation: sourceLocation)
        #expect(row.fields.map(\.key).joined(separator: " ") == keys, sourceLocation: sourceLocation)
    }
}
