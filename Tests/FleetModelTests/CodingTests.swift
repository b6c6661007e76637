import FleetModel
import Testing

/// Every value that is recorded in MySQL as canonical JSON, there and back, with all it can hold and with as little as it can.
@Suite struct CodingTests {
    private func roundTrip<Value: Codable & Equatable>(
        _ values: Value..., sourceLocation: SourceLocation = #_sourceLocation
    )
        throws
    {
        for value in values {
            let text = try CanonicalJSON.encode(value)
            #expect(
                try CanonicalJSON.decode(Value.self, from: text) == value, "\(text)", sourceLocation: sourceLocation)
            #expect(
                try CanonicalJSON.encode(CanonicalJSON.decode(Value.self, from: text)) == text,
                sourceLocation: sourceLocation)
        }
    }

    @Test func settings() throws {
        let full = FleetSettings(
            name: "acme",
            aws: AWSSettings(
                region: "eu-west-1", bucket: "acme-bots", endpoint: "http://127.0.0.1:5000",
                instanceProfile: "acme-bot",
                imageOwners: ["self", "099720109477"]),
            database: DatabaseSettings(url: "mysql://botfleet@127.0.0.1:3306/botfleet?tls=off", optionFile: "my.cnf"),
            defaults: Defaults(instanceType: "t3.small", storageGB: 8, ports: []),
            guards: Guards(maxTerminations: 3, lostAfter: .minutes(5)),
            boot: BootScript(script: "boot/common.sh", text: "#!/bin/sh\necho \"hi\"\n"), prices: ["t3.medium": 0.0456],
            duties: ["instance:sync": .minutes(5)],
            retention: Retention(sessions: .days(10), events: .days(2), journal: .hours(5)),
            broadcast: [
                .pusher(
                    url: "http://127.0.0.1:6001", appID: "acme", key: EnvironmentReference(env: "K"),
                    secret: EnvironmentReference(env: "S")),
                .webhook(url: "https://hooks.example.com/x", secret: EnvironmentReference(env: "H")),
                .webhook(url: "https://hooks.example.com/y", secret: nil),
            ],
            gitops: GitOps(
                url: "https://git.example.com/acme/fleet.git", branch: "live", interval: .minutes(2), apply: .auto))
        let small = FleetSettings(
            name: "a", aws: AWSSettings(region: "eu-west-1", bucket: "b"),
            database: DatabaseSettings(url: "mysql://h/d"))
        try roundTrip(full, small)
        #expect(small.guards.maxTerminations == 10 && small.guards.lostAfter == .minutes(10))
        #expect(small.retention == Retention(sessions: .days(400), events: .days(30), journal: .days(30)))
        #expect(small.defaults == Defaults(instanceType: "t3.medium", storageGB: 32, ports: [22, 6002, 6080]))
    }

    @Test func regionsAndImages() throws {
        try roundTrip(
            Region(name: "eu-west-1"),
            Region(
                name: "us-east-2", limit: 20, defaultImage: .newest(owner: "099720109477", name: "ubuntu-*"),
                vpc: "vpc-1",
                subnets: ["subnet-1", "subnet-2"], publicIP: true),
            Region(name: "us-east-1", limit: 0, defaultImage: .id("ami-0abc"), publicIP: false))
        #expect(try CanonicalJSON.encode(ImageReference.id("ami-1")) == #""ami-1""#)
    }

    @Test func users() throws {
        try roundTrip(
            User(email: "a@example.com", timezone: "UTC"),
            User(
                email: "Anna@Example.com", name: "Anna", timezone: "Europe/Berlin", region: "eu-west-1",
                status: .suspended,
                allowedIPs: [try CIDR(parsing: "203.0.113.7"), try CIDR(parsing: "2001:db8::/32")],
                sshPublicKey: "ssh-ed25519 AAAA", instanceProfile: "p"))
        #expect(User(email: "Anna@Example.com", timezone: "UTC").key == "anna@example.com")
    }

    @Test func deployments() throws {
        try roundTrip(
            Deployment(name: "watch", user: "a@example.com", bot: "b"),
            Deployment(
                name: "watch", user: "a@example.com", bot: "b", region: "eu-west-1", count: 3,
                instanceTypes: ["t3.medium", "t3.large"], storageGB: 64, image: "ami-1",
                power: .schedule("office-hours"),
                parameters: ["speed": .text("5"), "password": .ssm("/bots/password"), "on": .text("true")],
                whenLost: .restore, protect: true,
                hold: Hold(state: .stopped, until: LocalDateTime("2026-12-01T08:00"), reason: "site under repair"),
                drift: .report, instanceProfile: "p"),
            Deployment(name: "w", user: "a@example.com", bot: "b", power: .state(.stopped), hold: Hold(state: .running))
        )
    }

    @Test func schedules() throws {
        let everySelector =
            Weekday.allCases.map(DaySelector.every) + (1...5).map { DaySelector.nth(.mon, $0) } + [.last(.fri)]
        let monthdays: [MonthdaySelector] = (1...31).map(MonthdaySelector.day) + [.last]
        let schedule = Schedule(
            name: "office-hours", timezone: "Europe/Berlin",
            week: [
                ScheduleEntry(
                    days: everySelector, months: Array(1...12), monthdays: monthdays, start: LocalTime("08:00"),
                    stop: LocalTime("24:00")),
                ScheduleEntry(days: [.every(.sat)], stop: LocalTime("23:30")),
            ],
            exceptions: ScheduleException.State.allCases.enumerated().map { index, state in
                ScheduleException(
                    first: LocalDate(daysSinceEpoch: index * 10), last: LocalDate(daysSinceEpoch: index * 10 + 3),
                    state: state)
            },
            enforce: true)
        try roundTrip(schedule, Schedule(name: "s"))
        for selector in everySelector { #expect(DaySelector(selector.description) == selector) }
        for text in ["", "monday", "mon#", "mon#0", "mon#6", "mon#01", "mon#1#2", "mon#first", "MON", "#1", "mon #1"] {
            #expect(DaySelector(text) == nil, "'\(text)'")
        }
        for text in [#""0""#, #""32""#, #""first""#, "3"] {
            #expect(throws: DecodingError.self) { try CanonicalJSON.decode(MonthdaySelector.self, from: text) }
        }
    }

    @Test func bots() throws {
        let parameters = BotParameter.Kind.allCases.map { kind in
            BotParameter(
                name: kind.rawValue, type: kind, title: "T", description: "D", icon: "fa-x", required: false,
                defaultValue: "1", minimum: 1, maximum: 9.5, options: ["a", "b"])
        }
        try roundTrip(
            Bot(name: "b", source: Bot.customSource, path: "b.js"),
            Bot(
                name: "b", source: "puppeteer", path: "x/b.js", commit: String(repeating: "a", count: 40),
                description: "d",
                platform: "Linkedin", icon: "fa-x", parameters: parameters))
        try roundTrip(
            BotSource(name: "p", url: "https://git.example.com/p.git"),
            BotSource(
                name: "p", url: "../p", ref: "v1", auth: .token(EnvironmentReference(env: "GIT_TOKEN")),
                ignore: ["config.js", "test/*"]),
            BotSource(name: "p", url: "ssh://git@x/p", auth: .sshKeyFile("/keys/id")))
    }

    @Test func whatInstancesAreMadeFrom() throws {
        let spec = InstanceSpec(
            region: "eu-west-1", user: "a@example.com", bot: "b", instanceTypes: ["t3.medium"], storageGB: 32,
            image: "ami-1", instanceProfile: "p", parameters: ["a": .text("1"), "b": .ssm("/x")], script: "b.js",
            bundle: "abc", bootScript: "def", protect: true)
        try roundTrip(
            spec,
            InstanceSpec(
                region: "r", user: "u", bot: "b", instanceTypes: ["t"], storageGB: 8, script: "s", bundle: "d"))
        let rules: Set = [
            IngressRule(port: 22, source: try CIDR(parsing: "203.0.113.7")),
            IngressRule(port: 6080, source: try CIDR(parsing: "::/0")),
        ]
        let group = SecurityGroupSpec(region: "r", user: "u", vpc: "vpc-1", rules: rules)
        #expect(
            try CanonicalJSON.decode(SecurityGroupSpec.self, from: CanonicalJSON.encode(group)) == group,
            "a set's order is free, so only the value is compared")
        try roundTrip(KeyPairSpec(region: "r", user: "u", publicKey: "ssh-ed25519 AAAA"))
        try roundTrip(RecordedBundle(key: "k", contentDigest: "c", digest: "d", size: 7))
    }

    @Test func whatHappens() throws {
        let instant = Instant(seconds: 1_796_112_000)
        try roundTrip(
            Session(
                instance: "w-1", deployment: "w", user: "u", action: .start, scheduledFor: instant,
                executedAt: instant + 3,
                outcome: .failed, attempts: 2, source: .schedule, error: "InsufficientInstanceCapacity"),
            Session(
                instance: "w-1", deployment: nil, user: "u", action: .stop, scheduledFor: instant, outcome: .pending,
                source: .manual))
        try roundTrip(Event(type: "InstanceLaunched", subject: "instance.w-1", payload: ["id": 7]))
        try roundTrip(AddressGrant(user: "u", source: try CIDR(parsing: "10.0.0.0/8"), until: nil))
        try roundTrip(PowerOverride(instance: "w-1", state: .running, until: instant, author: "anna"))
        try roundTrip(
            Step(
                id: "1", apply: 3, address: .instance("w-1"), action: "RunInstances", region: "r", request: "{}",
                clientToken: "t", outcome: .done, result: "i-1", error: nil))
        try roundTrip(LeaseHolder(id: "x", host: "h", pid: 1, user: "u", purpose: "botfleet apply"))
        try roundTrip(
            ApplyRecord(
                author: "Anna <a@example.com>", operatorName: "anna@laptop", commit: nil, dirty: true, summary: [:]))
    }

    @Test func recordsOfAnotherShapeAreErrorsAndNeverGuesses() {
        let broken = [
            #"{"name":"w"}"#, #"{}"#, "[]", #"{"name":"w","user":"u","bot":"b","count":"3"}"#,
            #"{"name":"w","user":"u","bot":"b","count":1,"instance_type":[],"state":"paused"}"#,
        ]
        for text in broken {
            #expect(throws: DecodingError.self) { try CanonicalJSON.decode(Deployment.self, from: text) }
        }
    }
}
