import Diagnostics
import FleetFiles
import FleetModel
import Testing

/// What right files mean, field by field.
@Suite struct ValueReadingTests {
    private func schedule(_ entry: String) async throws -> ScheduleEntry {
        let loaded = try await FleetFolder.small.with("schedules/x.yaml", "name: x\nweek:\n  - {\(entry)}\n").load()
        #expect(loaded.diagnostics == [])
        let found = try #require(loaded.repository?.schedules.first { $0.value.name == "x" })
        return try #require(found.value.week.first)
    }

    // MARK: - Schedules

    @Test(arguments: [
        ("mon", [Weekday.mon]), ("MON-Wed", [.mon, .tue, .wed]), ("fri-mon", [.fri, .sat, .sun, .mon]),
        ("fri-fri", [.fri]), ("sun-mon", [.sun, .mon]), ("[sat, sun, sat]", [.sat, .sun]),
        ("[mon-tue, tue-wed]", [.mon, .tue, .wed]), ("everyday", Weekday.allCases), ("[EveryDay]", Weekday.allCases),
    ])
    func daysAreNamesRangesAndLists(written: String, days: [Weekday]) async throws {
        #expect(try await schedule("days: \(written), start: 08:00").days == days.map(DaySelector.every))
    }

    @Test func nthAndLastDaysStandBesideOthers() async throws {
        let entry = try await schedule("days: [\"mon#1\", \"FRI#last\", \"tue#5\", wed], stop: 24:00")
        #expect(entry.days == [.nth(.mon, 1), .last(.fri), .nth(.tue, 5), .every(.wed)])
        #expect(entry.start == nil && entry.stop?.minutes == 1440)
    }

    @Test(arguments: [
        ("jan", [1]), ("NOV-feb", [11, 12, 1, 2]), ("[jan, apr-may]", [1, 4, 5]), ("dec-dec", [12]),
        ("jan-dec", Array(1...12)),
    ])
    func monthsAreNamesRangesAndLists(written: String, months: [Int]) async throws {
        #expect(try await schedule("days: mon, months: \(written), start: 08:00").months == months)
    }

    @Test(arguments: [
        ("1", [MonthdaySelector.day(1)]), ("[1, 15, last]", [.day(1), .day(15), .last]),
        ("30-2", [.day(30), .day(31), .day(1), .day(2)]), ("30-last", [.day(30), .day(31)]),
        ("last-2", [.last, .day(1), .day(2)]),
        ("[1-2, 2-3]", [.day(1), .day(2), .day(3)]), ("LAST", [.last]),
    ])
    func monthdaysAreNumbersRangesAndLast(written: String, days: [MonthdaySelector]) async throws {
        #expect(try await schedule("days: everyday, monthdays: \(written), start: 08:00").monthdays == days)
    }

    @Test func timesNeedNoQuotes() async throws {
        let entry = try await schedule("days: mon, start: 22:30, stop: 02:00")
        #expect(entry.start?.minutes == 1350 && entry.stop?.minutes == 120)
    }

    @Test func exceptionsKeepTheOrderOfTheFile() async throws {
        let text =
            "name: x\nexceptions:\n  - {dates: 2027-01-01, state: running}\n  - {dates: 2026-12-24..2026-12-26, state: unmanaged}\n"
        let loaded = try await FleetFolder.small.with("schedules/x.yaml", text).load()
        #expect(loaded.diagnostics == [])
        let found = try #require(loaded.repository?.schedules.first { $0.value.name == "x" }).value.exceptions
        #expect(
            found.map { "\($0.first) \($0.last) \($0.state)" } == [
                "2027-01-01 2027-01-01 running", "2026-12-24 2026-12-26 unmanaged",
            ])
    }

    // MARK: - Deployments

    private func deployment(_ rest: String) async throws -> Located<Deployment> {
        let text = "name: on\nuser: Anna@Example.com\nbot: null-bot\n\(rest)"
        let loaded = try await FleetFolder.small.with("fleet/deployments/watch.yaml", text).load()
        #expect(loaded.diagnostics == [])
        return try #require(loaded.repository?.deployments.first)
    }

    @Test func deploymentOfThreeKeysHasTheDefaults() async throws {
        let found = try await deployment("").value
        #expect(found == Deployment(name: "on", user: "anna@example.com", bot: "null-bot"))
        #expect(found.count == 1 && found.power == .state(.running) && found.whenLost == .report && found.drift == .fix)
    }

    @Test func everyKeyOfADeploymentIsRead() async throws {
        let found = try await deployment(
            """
            region: us-east-2
            count: "0"
            instance_type: m7i-flex.large
            storage_gb: 8
            image: ami-0abc
            state: stopped
            parameters: {a: 010, b: "true", c: {ssm: plain-name}}
            when_lost: restore
            protect: 'true'
            hold: {state: running, until: 2026-12-01 08:00}
            drift: report
            instance_profile: my+profile
            """)
        var wanted = Deployment(name: "on", user: "anna@example.com", bot: "null-bot")
        wanted.region = "us-east-2"
        wanted.count = 0
        wanted.instanceTypes = ["m7i-flex.large"]
        wanted.storageGB = 8
        wanted.image = "ami-0abc"
        wanted.power = .state(.stopped)
        wanted.parameters = ["a": .text("010"), "b": .text("true"), "c": .ssm("plain-name")]
        wanted.whenLost = .restore
        wanted.protect = true
        wanted.hold = Hold(state: .running, until: LocalDateTime("2026-12-01T08:00"))
        wanted.drift = .report
        wanted.instanceProfile = "my+profile"
        #expect(found.value == wanted)
        #expect(found.value.instanceNames.isEmpty)
    }

    @Test func placesAreThoseOfValuesAndOfTheUsersKeys() async throws {
        let found = try await deployment("instance_type: [t3.small, t3.large]\nparameters:\n  speed: 5\n")
        #expect(found.location == Diagnostics.SourceLocation(file: "fleet/deployments/watch.yaml", line: 1, column: 1))
        func place(_ path: String) -> String { "\(found.place(of: path).line):\(found.place(of: path).column)" }
        #expect(place("bot") == "3:6" && place("instance_type") == "4:16" && place("instance_type.1") == "4:27")
        #expect(place("parameters.speed") == "6:10" && place("parameters.speed:") == "6:3")
        #expect(place("count") == "1:1", "what the file does not write is at the document")
    }

    // MARK: - Settings, regions, users

    @Test func settingsOfThreeKeysHaveTheDefaults() async throws {
        let settings = try #require(try await FleetFolder.small.load().repository?.settings.value)
        #expect(settings.defaults == Defaults() && settings.guards == Guards() && settings.retention == Retention())
        #expect(settings.aws.imageOwners == ["self"] && settings.broadcast.isEmpty && settings.gitops == nil)
        #expect(settings.retention.sessions == .days(400))
    }

    @Test func settingsAreReadAsWritten() async throws {
        let text = """
            name: acme
            aws: {region: eu-west-1, bucket: acme-bots, endpoint: "http://127.0.0.1:5000", image_owners: [099720109477]}
            database: {url: "mysql://b@h:3307/d?tls=verify&tls_ca=/etc/ca.pem", option_file: /etc/my.cnf}
            defaults: {ports: []}
            prices: {t3.medium: 0.0456, u-6tb1.metal: 1e2}
            duties: {"instance:sync": 300s}
            broadcast: [{webhook: {url: "https://hooks.example.com/x"}}]
            gitops: {url: git@git.example.com:acme/fleet.git}

            """
        let loaded = try await FleetFolder.small.with("fleet/fleet.yaml", text).load()
        #expect(loaded.diagnostics == [])
        let settings = try #require(loaded.repository?.settings.value)
        #expect(settings.aws.imageOwners == ["099720109477"] && settings.aws.endpoint == "http://127.0.0.1:5000")
        #expect(settings.database.optionFile == "/etc/my.cnf" && settings.defaults.ports.isEmpty)
        #expect(settings.prices == ["t3.medium": 0.0456, "u-6tb1.metal": 100])
        #expect(settings.duties == ["instance:sync": .minutes(5)])
        #expect(settings.broadcast == [.webhook(url: "https://hooks.example.com/x", secret: nil)])
        #expect(settings.gitops == GitOps(url: "git@git.example.com:acme/fleet.git"))
    }

    @Test func regionsAndUsersAreReadAsWritten() async throws {
        let regions = """
            - name: eu-west-1
              limit: 0
              default_image: {owner: 099720109477, name: "a*"}
              vpc: vpc-1
              subnets: [subnet-2, subnet-1]
              public_ip: "false"
            - name: us-east-2

            """
        let users = """
            - &anna {email: anna@example.com, timezone: UTC, region: eu-west-1, allowed_ips: [2001:DB8::1, 10.0.0.0/8]}
            - {email: ben@example.com, timezone: Asia/Kathmandu, status: suspended, name: "null island"}

            """
        let loaded = try await FleetFolder.small.with("fleet/regions.yaml", regions).with("fleet/users.yaml", users)
            .load()
        #expect(loaded.diagnostics == [])
        let fleet = try #require(loaded.repository)
        let region = fleet.regions[0].value
        #expect(region.limit == 0 && region.publicIP == false && region.subnets == ["subnet-2", "subnet-1"])
        #expect(region.defaultImage == .newest(owner: "099720109477", name: "a*"))
        #expect(fleet.regions[1].value.limit == nil && fleet.regions[1].value.publicIP == nil)
        #expect(fleet.users[0].value.allowedIPs.map(\.description) == ["2001:db8::1/128", "10.0.0.0/8"])
        #expect(fleet.users[1].value.status == .suspended && fleet.users[1].value.name == "null island")
    }
}
